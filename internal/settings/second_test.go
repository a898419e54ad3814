package settings

import (
	"errors"
	"testing"
)

func truth(s string) (any, error) { return s == "true", nil }

// guarded are settings of which count takes a second person to be raised, once eyes is
// switched on.
func guarded(t *testing.T, m *memory) *Settings {
	t.Helper()
	s, err := New(m, []Setting{
		{Name: "count", Default: "1", Parse: number, Widens: func(from, to any) bool { return to.(int) > from.(int) }},
		{Name: "eyes", Default: "false", Parse: truth, Eyes: true, Widens: func(from, _ any) bool { return from.(bool) }},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// by is a change of a setting as it is now, wanted by one of two people.
func by(t *testing.T, s *Settings, who, name, value string) Change {
	t.Helper()
	return Change{Name: name, Value: value, By: who, Version: find(t, s, name).Version, Others: 1}
}

// is fails unless a setting has that value in force, and that one is proposed; "" is
// none.
func is(t *testing.T, s *Settings, name, value, proposed string) {
	t.Helper()
	l, got := find(t, s, name), ""
	if l.Proposed != nil {
		got = l.Proposed.By + " " + l.Proposed.Value
	}
	if l.Value != value || got != proposed {
		t.Errorf("%s = %s, proposed %q; want %s, %q", name, l.Value, got, value, proposed)
	}
}

func fails(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%v, want %v", err, want)
	}
}

func TestASecondPersonConfirms(t *testing.T) {
	m := &memory{}
	s, there := guarded(t, m), guarded(t, m)
	fails(t, s.Set(t.Context(), by(t, s, "ada", "count", "2")), nil)
	is(t, there, "count", "2", "") // one person is enough
	fails(t, s.Set(t.Context(), by(t, s, "ada", "eyes", "true")), nil)
	fails(t, s.Set(t.Context(), by(t, s, "ada", "count", "9")), nil)
	is(t, there, "count", "2", "ada 9")
	seen := by(t, there, "ada", "count", "")
	fails(t, there.Confirm(t.Context(), seen), ErrSame)
	seen.By = ""
	if there.Confirm(t.Context(), seen) == nil {
		t.Error("nobody confirmed it")
	}
	seen.By = "ben"
	seen.Version--
	fails(t, there.Confirm(t.Context(), seen), ErrConflict)
	seen.Version++
	fails(t, there.Confirm(t.Context(), seen), nil)
	is(t, s, "count", "9", "")
	history, err := s.History("count")
	if err != nil || len(history) != 2 || history[0].By != "ada" || history[0].Second != "ben" || history[0].From != "2" || history[0].To != "9" || history[0].At.IsZero() {
		t.Errorf("the history is %+v, %v", history, err)
	}
	fails(t, s.Confirm(t.Context(), by(t, s, "ben", "count", "")), ErrNothingProposed)
	fails(t, s.Confirm(t.Context(), Change{Name: "nothing", By: "ben"}), ErrUnknown)
}

// What lets less happen is in force at once, and nothing proposed before comes after it.
func TestNarrowingTakesOnePerson(t *testing.T) {
	s := guarded(t, &memory{})
	fails(t, s.Set(t.Context(), by(t, s, "ada", "count", "5")), nil)
	fails(t, s.Set(t.Context(), by(t, s, "ada", "eyes", "true")), nil)
	fails(t, s.Set(t.Context(), by(t, s, "ada", "count", "9")), nil)
	old := by(t, s, "ben", "count", "")
	fails(t, s.Set(t.Context(), by(t, s, "ada", "count", "3")), nil)
	is(t, s, "count", "3", "")
	fails(t, s.Confirm(t.Context(), old), ErrNothingProposed)
	fails(t, s.Reset(t.Context(), by(t, s, "ada", "count", "")), nil)
	is(t, s, "count", "1", "")
}

// The setting itself cannot be the way around.
func TestFourEyesAreSwitchedOffByTwo(t *testing.T) {
	s := guarded(t, &memory{})
	fails(t, s.Set(t.Context(), by(t, s, "ada", "eyes", "true")), nil)
	fails(t, s.Reset(t.Context(), by(t, s, "ada", "eyes", "")), nil)
	if l := find(t, s, "eyes"); l.Value != "true" || l.Proposed == nil || !l.Proposed.FromFile {
		t.Fatalf("%+v", l)
	}
	fails(t, s.Withdraw(t.Context(), by(t, s, "ben", "eyes", "")), nil)
	is(t, s, "eyes", "true", "")
	fails(t, s.Withdraw(t.Context(), by(t, s, "ben", "eyes", "")), ErrNothingProposed)
	fails(t, s.Set(t.Context(), by(t, s, "ada", "eyes", "false")), nil)
	fails(t, s.Confirm(t.Context(), by(t, s, "ben", "eyes", "")), nil)
	is(t, s, "eyes", "false", "")
}

// Nobody shuts a practice out in which there is no second person.
func TestNoFourEyesAlone(t *testing.T) {
	s := guarded(t, &memory{})
	alone := by(t, s, "ada", "eyes", "true")
	alone.Others = 0
	fails(t, s.Set(t.Context(), alone), ErrAlone)
	is(t, s, "eyes", "false", "")
	fails(t, s.Set(t.Context(), by(t, s, "ada", "eyes", "true")), nil)
	alone = by(t, s, "ada", "count", "9") // the second one left since
	alone.Others = 0
	fails(t, s.Set(t.Context(), alone), ErrAlone)
	is(t, s, "count", "1", "")
}

// What this release does not take is not confirmed either.
func TestARefusedProposalStays(t *testing.T) {
	m := &memory{records: map[string]Record{"count": {Name: "count", FromFile: true, Revision: 7, Proposed: &Proposed{By: "ada", Value: "many"}}}, last: 7}
	s := guarded(t, m)
	fails(t, s.Confirm(t.Context(), by(t, s, "ben", "count", "")), ErrRefused)
	is(t, s, "count", "1", "ada many")
	fails(t, s.Withdraw(t.Context(), by(t, s, "ada", "count", "")), nil)
	is(t, s, "count", "1", "")
}
