// Draws the API's own description. Everything comes from this server: no validator, no outside font.

const place = document.getElementById("api-reference");

window.SwaggerUIBundle({
  ...JSON.parse(place.dataset.settings),
  url: place.dataset.description,
  domNode: place,
  validatorUrl: null,
});
