-- Each episode as it stood from one position of the log to another, from the facts that were known from one to another.
-- Only what the KPIs of Appendix C read: start, first structured intervention, departure. Numbers stand for clients and
-- for the order of a client's episodes, a bit for an agency: windows sort and group them much faster than texts.
create or replace table agency_bit as
select agency, 1 << (row_number() over (order by agency) - 1) as bit from (select distinct agency from start);

create or replace table episode_version as
with
mark as (
    select episode, known_from as position from start union
    select episode, known_until from start union
    select episode, known_from from intervention union
    select episode, known_until from intervention union
    select episode, known_from from departure union
    select episode, known_until from departure
),
span as (
    select episode, position as known_from, lead(position) over (partition by episode order by position) as known_until
    from mark
),
treated as (  -- aftercare (7), outreach (9), recovery support (96) and the like never count
    select span.episode, span.known_from, min(i.started_on) as started_on
    from span join intervention i
        on i.episode = span.episode and i.known_from <= span.known_from and span.known_from < i.known_until
    where i.modality in (94, 95, 11, 12) or i.modality between 1 and 6
    group by all
),
gone as (  -- a real discharge goes before a handover
    select span.episode, span.known_from, arg_min(d.left_on, d.is_handover) as left_on,
        arg_min(d.reason, d.is_handover) as reason
    from span join departure d
        on d.episode = span.episode and d.known_from <= span.known_from and span.known_from < d.known_until
    group by all
),
cited as (
    select *, list_filter([drug_1, drug_2, drug_3], lambda d: d not between 9996 and 9999) as real from start
)
select
    span.known_from, span.known_until, s.area, s.triaged_on, t.started_on,
    dense_rank() over (order by s.client) as client, dense_rank() over (order by s.triaged_on, s.key) as nth,
    coalesce(g.left_on, date '9999-12-31') as left_on,
    coalesce(g.reason in (80, 81, 82, 1, 2, 90, 91, 92) or g.reason between 15 and 28, false) as success,
    len(list_filter(real, lambda d: d between 1000 and 1999)) > 0 as opiate,
    len(list_filter(real, lambda d: d between 7000 and 7999)) > 0 as alcohol,
    len(list_filter(real, lambda d: d not between 1000 and 1999 and d not between 7000 and 7999)) > 0 as other,
    coalesce(s.adult_on, date '1900-01-01') as adult_on, a.bit as agency
from span
join cited s on s.episode = span.episode and s.known_from <= span.known_from and span.known_from < s.known_until
join agency_bit a on a.agency = s.agency
join treated t on t.episode = span.episode and t.known_from = span.known_from
left join gone g on g.episode = span.episode and g.known_from = span.known_from
where span.known_until is not null
order by client, nth;
