-- All KPIs at every row of `standpoint`, as known at one moment: AS OF takes no column, so a statement asks one moment.
with
seen as (
    select s.as_of, e.*, if(e.left_on <= s.as_of, e.left_on, date '9999-12-31') as ended_on
    from standpoint s join episode for system_time as of from_unixtime(1000000000 + {position}) e
        on e.triaged_on <= s.as_of and e.started_on <= s.as_of
),
chained as (
    select *, max(ended_on) over (
        partition by as_of, client order by nth rows between unbounded preceding and 1 preceding) as left_before
    from seen
),
numbered as (  -- a new journey where the triage is more than 21 days after the latest discharge so far
    select *, sum(left_before is null or datediff(triaged_on, left_before) > 21) over (
        partition by as_of, client order by nth rows unbounded preceding) as journey
    from chained
),
begun as (
    select *, first_value(adult_on) over (partition by as_of, client, journey order by nth) as first_adult_on
    from numbered
),
journey as (  -- only the episodes discharged on its last day speak: one of them that failed, and it is no success
    select as_of, client, min(triaged_on) as start_on, max(ended_on) as end_on, min(first_adult_on) as adult_on,
        max(ended_on) < date '9999-12-31' and coalesce(max(if(success, null, ended_on)) < max(ended_on), 1) as success,
        case when max(opiate) then 0 when max(other) then if(max(alcohol), 3, 1) when max(alcohol) then 2 end
            as drug_group
    from begun group by as_of, client, journey
),
followed as (
    select *, lead(start_on) over (partition by as_of, client order by start_on) as next_start_on from journey
),
family as (
    select 'phof' as family, 18 as first_back, 6 as last_back union all select '4', 12, 0 union all
    select '5', 12, 6 union all select '5u', 6, 0
),
windowed as (
    select as_of, family, as_of + interval 1 day - interval first_back month as first_day,
        as_of + interval 1 day - interval last_back month - interval 1 day as last_day
    from standpoint cross join family
),
asked as (
    select j.*, family, success and end_on between first_day and last_day as completed,
        adult_on <= greatest(start_on, first_day) and drug_group is not null as stands,
        success and coalesce(next_start_on < end_on + interval 6 month, 0) as returned
    from followed j join windowed w on w.as_of = j.as_of and start_on <= last_day and end_on >= first_day
),
decided as (  -- each person once, by the latest journey in the window, or by the latest successful completion in it
    select *, row_number() over (partition by as_of, family, client order by start_on desc) as back
    from asked where family in ('phof', '4') or (completed and stands)
)
select as_of, family, drug_group,
    sum(case family when 'phof' then completed and not returned when '4' then completed else returned end), count(*)
from decided where back = 1 and stands
group by as_of, family, drug_group;
