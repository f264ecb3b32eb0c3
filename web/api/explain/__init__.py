"""Why a figure is what it is: the walk to another one, the people in it, another party's figure beside it."""
