from tests.bench.nation import INSURED, PROVINCES, Figures, one_shard

MEASURED = Figures(events=500, sends=1500)


def test_a_province_is_done_before_noon_and_the_limit_is_zalo_s_not_ours() -> None:
    found = one_shard(INSURED // PROVINCES, MEASURED, answering=0.05)
    assert found.minutes / 60 < 5
    assert found.busiest < 0.5
    assert found.longest_wait < 1


def test_half_of_zalo_s_limit_takes_twice_as_long() -> None:
    whole, half = (one_shard(100_000, MEASURED, 0.01, limit) for limit in (4000, 2000))
    assert abs(half.minutes - 2 * whole.minutes) <= 2


def test_when_many_answer_the_push_slows_down_before_the_replies_do() -> None:
    few, many = (one_shard(500_000, MEASURED, share) for share in (0.01, 0.3))
    assert many.minutes > few.minutes
    assert few.longest_wait == 0 < many.longest_wait


def test_a_slow_process_is_what_fills_up_when_it_is_slower_than_zalo() -> None:
    assert one_shard(100_000, Figures(events=5, sends=1500), 0.2).busiest > 1
