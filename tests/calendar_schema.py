"""The published schema of calendars agrees with the reader.

Every calendar that the reader takes (tests/calendars/valid, examples/calendars)
is valid under docs/schema/calendar.schema.json; every one that it refuses
(tests/calendars/invalid) is not, but for those that take more than a schema to
refuse.  These are listed here, so that the list cannot grow unseen.

    calendar_schema.py SOURCE_DIR
"""
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

# Refused by the reader for what two parts of a document say together, for what
# this machine knows, or for a date that its month does not have.
BEYOND_A_SCHEMA = {
    "break_cuts_nothing", "break_on_sunday", "break_twice", "breaks_leave_nothing",
    "holiday_and_makeup", "holiday_and_special", "holiday_bad_date",
    "holiday_beyond_known_until", "holiday_in_range_twice", "holiday_outside_horizon",
    "holiday_range_backwards", "holiday_range_too_long", "holiday_twice",
    "horizon_backwards", "hours_overlap", "hours_overlap_unsorted", "hours_twice",
    "known_until_beyond_horizon", "known_until_empty_lists", "known_until_empty_year",
    "makeup_as_closed_day", "makeup_hours_overlap", "night_overlaps_itself",
    "night_overlaps_monday", "night_overlaps_next_day", "night_overlaps_when_cut",
    "special_night_overlaps", "special_night_when_cut", "special_twice",
    "special_under_a_night", "week_closed", "week_day_twice", "week_empty",
    "zone_folder", "zone_unknown",
}


def load(path):
    """The document, or None where the text is no JSON: that needs no schema."""
    try:
        return json.loads(path.read_bytes().decode("utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError):
        return None


def once(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a member is there twice")
    return dict(pairs)


def main(source):
    schema = json.loads((source / "docs/schema/calendar.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    good = sorted([*(source / "tests/calendars/valid").glob("*.json"),
                   *(source / "examples/calendars").glob("*.json")])
    bad = sorted((source / "tests/calendars/invalid").glob("*.json"))
    complaints = []
    for path in good:
        for error in validator.iter_errors(load(path)):
            complaints.append(f"{path.name}: the reader takes it, the schema says {error.message}")
    for path in bad:
        document = load(path)
        if document is None:
            continue
        refused = not validator.is_valid(document)
        if refused == (path.stem in BEYOND_A_SCHEMA):
            complaints.append(f"{path.name}: {'on the list, and refused' if refused else 'not refused'}")
    for name in sorted(BEYOND_A_SCHEMA - {path.stem for path in bad}):
        complaints.append(f"{name}: on the list, and there is no such file")
    for complaint in complaints:
        print(complaint)
    print(f"{len(good)} good calendars, {len(bad)} bad ones, {len(BEYOND_A_SCHEMA)} beyond a schema")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
