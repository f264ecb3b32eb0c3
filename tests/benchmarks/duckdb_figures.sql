-- All KPIs of Appendix C, all slices, at every row of `standpoint`: numerator and denominator.
with
seen as (  -- known at the position, occurred by as_of; in structured treatment by as_of, else left out
    select n, v.* exclude (known_from, known_until, started_on), if(left_on <= as_of, left_on, date '9999-12-31') as ended_on
    from standpoint s join episode_version v
        on v.known_from <= s.position and s.position < v.known_until and v.triaged_on <= s.as_of and v.started_on <= s.as_of
),
chained as (
    select *, max(ended_on) over (
        partition by n, client order by nth rows between unbounded preceding and 1 preceding) as left_before
    from seen
),
numbered as (  -- a new journey where the triage is more than 21 days after the latest discharge so far
    select *, sum((left_before is null or triaged_on - left_before > 21)::int) over (
        partition by n, client order by nth rows unbounded preceding) as journey
    from chained
),
journey as (  -- only the episodes discharged on its last day speak: one of them that failed, and it is no success
    select n, client, min(triaged_on) as start_on, max(ended_on) as end_on,
        end_on < date '9999-12-31' and coalesce(max(ended_on) filter (not success) < max(ended_on), true) as success,
        case when bool_or(opiate) then 0 when bool_or(other) then if(bool_or(alcohol), 3, 1)
            when bool_or(alcohol) then 2 end as drug_group,
        arg_min(adult_on, nth) as adult_on, arg_max(area, nth) as area, bit_or(agency) as agencies
    from numbered group by n, client, journey
),
followed as (
    select *, success and coalesce(
        lead(start_on) over (partition by n, client order by start_on) < end_on + interval 6 month, false) as returned
    from journey
),
family(family, first_back, last_back) as (values ('phof', 18, 6), ('4', 12, 0), ('5', 12, 6), ('5u', 6, 0)),
windowed as (
    select n, family, (as_of + 1 - to_months(first_back))::date as first_day,
        (as_of + 1 - to_months(last_back))::date - 1 as last_day
    from standpoint cross join family
),
asked as (
    select j.*, family, end_on between first_day and last_day as ended_inside,
        adult_on <= greatest(start_on, first_day) as adult
    from followed j join windowed w on w.n = j.n and start_on <= last_day and end_on >= first_day
),
decided as (  -- each person once, by the latest journey in the window, or by the latest successful completion in it
    select n, family, max(start_on) as decided_on, arg_max(adult and drug_group is not null, start_on) as stands,
        arg_max(drug_group, start_on) as drug_group, arg_max(area, start_on) as area, arg_max(agencies, start_on) as agencies,
        arg_max(case family when 'phof' then success and ended_inside and not returned
            when '4' then success and ended_inside else returned end, start_on) as counted
    from asked
    where family in ('phof', '4') or (success and ended_inside and adult and drug_group is not null)
    group by n, family, client
),
tallied as (  -- first the latest, then adult, then group, then the slice
    select n, case family when 'phof' then ['1.0', '2.0', '3.0', '2.0'][drug_group + 1]
            when '5u' then '5.' || drug_group || 'u' else family || '.' || drug_group end as kpi,
        area, agencies, count_if(counted)::int as counted, count(*)::int as cohort
    from decided where stands group by all
),
sliced as (
    select n, kpi, '' as slice, counted, cohort from tallied union all
    select n, kpi, area, counted, cohort from tallied union all
    select n, kpi, agency, counted, cohort from tallied join agency_bit on agencies & bit > 0
)
select n, kpi, slice, sum(counted)::int as numerator, sum(cohort)::int as denominator
from sliced group by all;
