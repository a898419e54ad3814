package store

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

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

// signedIn is what a session of somebody holds.
func signedIn(t *testing.T, name string, since time.Time) []byte {
	t.Helper()
	data, err := scs.GobCodec{}.Encode(since.Add(time.Hour), map[string]any{
		people.SessionUser: name, people.SessionSince: since.Unix(), people.SessionPlace: "192.0.2.1",
		people.SessionBrowser: "Firefox on Windows", people.SessionBy: people.ByPasskey,
	})
	must(t, err)
	return data
}

func TestSessionsAreListedByWhoseTheyAre(t *testing.T) {
	each(t, func(t *testing.T, p *practice) {
		since, ends := time.Unix(time.Now().Unix()-60, 0), time.Now().Add(time.Hour)
		must(t, p.Sessions.Commit("one", signedIn(t, "dana", since), ends))
		must(t, p.Sessions.Commit("two", signedIn(t, "dana", since), ends))
		must(t, p.Sessions.Commit("one", signedIn(t, "dana", since), ends.Add(usedEvery))) // used again
		must(t, p.Sessions.Commit("over", signedIn(t, "dana", since), time.Now().Add(-time.Second)))
		must(t, p.Sessions.Commit("hers", signedIn(t, "priya", since), ends))
		must(t, p.Sessions.Commit("nobodys", nil, ends))
		all, err := p.Sessions.Of(t.Context(), "dana")
		if err != nil || len(all) != 2 || all[0].ID != "one" || all[1].ID != "two" {
			t.Fatalf("dana's sessions: %+v, %v", all, err)
		}
		want := people.Session{ID: "one", User: "dana", Since: since, Used: all[0].Used, Place: "192.0.2.1", Browser: "Firefox on Windows", By: people.ByPasskey}
		if all[0] != want || time.Since(all[0].Used) > time.Minute {
			t.Errorf("%+v, want %+v", all[0], want)
		}
		n, err := people.EndAll(t.Context(), p.Sessions, "dana", "two")
		if left, _ := p.Sessions.Of(t.Context(), "dana"); err != nil || n != 1 || len(left) != 1 || left[0].ID != "two" {
			t.Errorf("%d were ended, %v; left are %+v", n, err, left)
		}
		if all, _ := p.Sessions.Of(t.Context(), "priya"); len(all) != 1 {
			t.Errorf("somebody else has %d sessions left", len(all))
		}
	})
}

// Looking at one page after the other does not wait for the disk each time; what
// changed in the session is stored at once.
func TestUseIsStoredNowAndThen(t *testing.T) {
	p := open(t, t.TempDir())
	since, ends := time.Now(), time.Now().Add(time.Hour)
	revision := func() uint64 {
		r, err := p.Sessions.bucket.Get(t.Context(), "one")
		must(t, err)
		return r.Revision
	}
	data := func(used int64, shown string) []byte {
		b, err := scs.GobCodec{}.Encode(ends, map[string]any{people.SessionUser: "dana", people.SessionSince: since.Unix(), people.SessionUsed: used, "shown": shown})
		must(t, err)
		return b
	}
	must(t, p.Sessions.Commit("one", data(1, ""), ends))
	first := revision()
	must(t, p.Sessions.Commit("one", data(20, ""), ends.Add(20*time.Second)))
	if revision() != first {
		t.Error("a use of a moment later was stored")
	}
	must(t, p.Sessions.Commit("one", data(21, "a case"), ends.Add(21*time.Second)))
	if revision() == first {
		t.Error("what changed was not stored")
	}
	second := revision()
	must(t, p.Sessions.Commit("one", data(60, "a case"), ends.Add(60*time.Second)))
	if revision() == second {
		t.Error("a use of half a minute later was not stored")
	}
}

// A request that is under way while its session is ended does not bring it back.
func TestWhatIsOverStaysOver(t *testing.T) {
	p := open(t, t.TempDir())
	ends := time.Now().Add(time.Hour)
	for name, end := range map[string]func(string) error{
		"signed-out": p.Sessions.Delete,
		"revoked":    func(id string) error { return p.Sessions.End(t.Context(), id) },
	} {
		must(t, p.Sessions.Commit(name, signedIn(t, "dana", time.Now()), ends))
		var busy sync.WaitGroup
		for range 8 { // several requests of one session are none to the others
			busy.Go(func() {
				if err := p.Sessions.Commit(name, signedIn(t, "dana", time.Now()), ends); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		must(t, end(name))
		busy.Wait()
		must(t, p.Sessions.Commit(name, signedIn(t, "dana", time.Now()), ends))
		if _, found, err := p.Sessions.Find(name); found || err != nil {
			t.Errorf("%s, and it is there again: %v", name, err)
		}
		must(t, end(name)) // again is harmless
	}
	must(t, p.Sessions.Delete("never-there"))
	if r, err := p.Sessions.bucket.Get(t.Context(), "never-there"); err == nil {
		t.Errorf("what was never there is kept as %+v", r.Value)
	}
	must(t, p.Sessions.prune(t.Context()))
	if all := p.Sessions.bucket.Len(); all != 2 {
		t.Errorf("%d are kept until their time is over, want 2", all)
	}
}
