from envfence.workers import in_order


def test_results_come_in_the_order_of_the_work():
    assert list(in_order(abs, (-number for number in range(100)))) == list(range(100))


def test_no_work_gives_no_result():
    assert list(in_order(abs, [])) == []
