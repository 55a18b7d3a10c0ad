from tests.bench.table import between_marks, listed, side_by_side

LINES = [
    {"figure": "saturation", "subject": "floor", "value": 1234.5, "unit": "events/s", "load": ""},
    {"figure": "share_of_floor", "subject": "floor", "value": 1.0, "unit": "", "load": ""},
    {"figure": "saturation", "subject": "ours", "value": 678.9, "unit": "events/s", "load": ""},
]


def test_every_subject_has_a_row_and_what_was_not_measured_stays_empty() -> None:
    _, _, floor, ours = side_by_side(LINES)
    assert floor == "| floor |  |  |  |  | 1234 | 1 |  |  |  |  |"
    assert ours == "| ours |  |  |  |  | 679 |  |  |  |  |  |"


def test_figures_of_other_runs_are_listed_with_unit_and_load_or_by_name() -> None:
    others = [[{"figure": "plan", "recipients": 100, "seconds": 1.5}], [{**LINES[2], "load": "stub 20 ms"}]]
    assert listed(others)[2:] == [
        "| plan |  | recipients 100, seconds 1.5 |",
        "| saturation | ours | 679 events/s (stub 20 ms) |",
    ]


def test_the_table_replaces_what_stood_between_the_marks_and_nothing_else() -> None:
    text = "before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n"
    assert between_marks(text, "new") == "before\n<!-- bench -->\nnew\n<!-- /bench -->\nafter\n"
