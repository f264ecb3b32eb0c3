-- Episodes as they stand now, in a table whose history the server keeps: who asks for a moment gets what stood then.
create table version (
    known_from bigint, known_until bigint, client int, nth int, triaged_on date, started_on date, left_on date,
    success bool, opiate bool, alcohol bool, other bool, adult_on date, index (known_from), index (known_until)
);
load data local infile '{versions}' into table version fields terminated by ',' ignore 1 lines
    (known_from, known_until, @area, triaged_on, started_on, client, nth, left_on, @success, @opiate, @alcohol, @other,
    adult_on, @agency)
    set success = @success = 'true', opiate = @opiate = 'true', alcohol = @alcohol = 'true', other = @other = 'true';

create table episode (
    client int, nth int, triaged_on date, started_on date, left_on date, success bool, opiate bool, alcohol bool,
    other bool, adult_on date, primary key (client, nth)
) with system versioning;

delimiter //
create procedure take_in(load_position bigint) modifies sql data
begin  -- one transaction a load; the moment of a row is that of the load, and a second stands for a position
    set @@timestamp = 1000000000 + load_position;
    start transaction;
    delete e from episode e join version v using (client, nth)
    where v.known_until = load_position and not exists (
        select 1 from version w where w.known_from = load_position and w.client = v.client and w.nth = v.nth);
    insert into episode
    select client, nth, triaged_on, started_on, left_on, success, opiate, alcohol, other, adult_on
    from version where known_from = load_position
    on duplicate key update triaged_on = value(triaged_on), started_on = value(started_on), left_on = value(left_on),
        success = value(success), opiate = value(opiate), alcohol = value(alcohol), other = value(other),
        adult_on = value(adult_on);
    commit;
end //
delimiter ;
