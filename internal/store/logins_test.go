package store

import (
	"errors"
	"testing"

	"triage/internal/people"
)

// A change that was made from an older state of a user is refused.
func TestUsersAreChangedOverWhatWasRead(t *testing.T) {
	p := open(t, t.TempDir())
	must(t, p.Users.Create(t.Context(), people.User{Name: "dana", Hash: "old"}))
	read, err := p.Users.Get(t.Context(), "dana")
	must(t, err)
	all, err := p.Users.All(t.Context())
	if err != nil || len(all) != 1 || all[0].Revision != read.Revision || read.Revision == 0 {
		t.Fatalf("%+v, %v, read as %+v", all, err, read)
	}
	disabled, changed := read, read
	disabled.Disabled, changed.Hash = true, "new"
	must(t, p.Users.Update(t.Context(), disabled))
	if err := p.Users.Update(t.Context(), changed); !errors.Is(err, people.ErrConflict) {
		t.Errorf("over an older state: %v, want ErrConflict", err)
	}
	if now, err := p.Users.Get(t.Context(), "dana"); err != nil || !now.Disabled || now.Hash != "old" {
		t.Errorf("stored is %+v, %v", now, err)
	}
}
