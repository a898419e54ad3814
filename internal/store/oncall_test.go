package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/roster"
	"triage/internal/digest"
)

// What is known of calling people outlives the process, and is seen when it changes.
func TestOnCallIsKept(t *testing.T) {
	p := open(t, t.TempDir())
	changed := make(chan struct{}, 100)
	p.OnCall.OnChange(func() { changed <- struct{}{} })
	at := time.Date(2026, 11, 2, 3, 0, 0, 0, time.UTC)
	told := alert.Told{Alert: alert.Alert{Key: "cases/urgent/cedar", Severity: alert.Page}, Name: "abc", Began: at, Lines: map[string]alert.Heard{"sms": {Channel: "sms", Times: 2}}}
	must(t, p.OnCall.Told.Put(t.Context(), told))
	must(t, p.OnCall.Acks.Put(t.Context(), alert.Ack{Key: told.Alert.Key, By: "dana", At: at}))
	must(t, p.OnCall.Channels.Put(t.Context(), alert.State{Channel: "sms", Failing: at, Why: "no credit"}))
	must(t, p.OnCall.Shifts.Put(t.Context(), roster.Override{ID: "o1", Person: "lee", From: at, Until: at.Add(time.Hour)}))
	for range 4 {
		<-changed
	}
	p.OnCall.Told.All()[0].Lines["sms"] = alert.Heard{} // what is handed out is the reader's own
	p.stop(t)
	p = open(t, p.dir)
	if all := p.OnCall.Told.All(); len(all) != 1 || all[0].Lines["sms"].Times != 2 || all[0].Name != "abc" {
		t.Errorf("told: %+v", all)
	}
	if a := p.OnCall.Acks.All(); len(a) != 1 || a[0].By != "dana" {
		t.Errorf("acknowledged: %+v", a)
	}
	if s := p.OnCall.Channels.All(); len(s) != 1 || s[0].Why != "no credit" {
		t.Errorf("channels: %+v", s)
	}
	if o := p.OnCall.Shifts.All(); len(o) != 1 || o[0].Person != "lee" {
		t.Errorf("overrides: %+v", o)
	}
	must(t, p.OnCall.Acks.Delete(t.Context(), told.Alert.Key))
	must(t, p.OnCall.Acks.Delete(t.Context(), told.Alert.Key))
	if len(p.OnCall.Acks.All()) != 0 {
		t.Error("what was removed is there")
	}
}

// What is over is kept for the reports of five weeks.
func TestPastAlertsAreKeptForTheReports(t *testing.T) {
	p := open(t, t.TempDir())
	at := time.Date(2026, 11, 2, 3, 0, 0, 0, time.UTC)
	for weeks := range 8 {
		began := at.AddDate(0, 0, 7*weeks)
		must(t, p.OnCall.Past.Keep(t.Context(), alert.Past{Name: "abc", Alert: alert.Alert{Key: "cases/urgent/cedar", Count: weeks}, Began: began, Over: began.Add(time.Hour), Acked: began.Add(time.Minute)}))
	}
	duty := &alert.Duty{Memory: &p.OnCall.Told, Acks: &p.OnCall.Acks, Now: time.Now}
	must(t, p.OnCall.Told.Put(t.Context(), alert.Told{Alert: alert.Alert{Key: "sources/facebook"}, Began: at.AddDate(0, 0, 50)}))
	calls := p.OnCall.Calls(duty, at, at.AddDate(1, 0, 0))
	if len(calls) != 7 { // six of eight weeks, and what lasts
		t.Errorf("%d alerts are known: %+v", len(calls), calls)
	}
	week := p.OnCall.Calls(duty, at.AddDate(0, 0, 49), at.AddDate(0, 0, 49).Add(2*time.Hour))
	if len(week) != 1 || week[0].Count != 7 || week[0].Acked.IsZero() || week[0].Over.IsZero() {
		t.Errorf("the last week had %+v", week)
	}
}

// Overrides of long ago are let go, one that is to come or has just ended is not.
func TestOldOverridesAreLetGo(t *testing.T) {
	p := open(t, t.TempDir())
	for id, until := range map[string]time.Duration{"old": -36 * 24 * time.Hour, "last": -34 * 24 * time.Hour, "now": time.Hour, "soon": 400 * 24 * time.Hour} {
		end := time.Now().Add(until)
		must(t, p.OnCall.Shifts.Put(t.Context(), roster.Override{ID: id, Person: "lee", From: end.Add(-time.Hour), Until: end}))
	}
	must(t, p.OnCall.Shifts.Put(t.Context(), roster.Override{ID: "new", Person: "dana", From: time.Now(), Until: time.Now().Add(time.Hour)}))
	var left []string
	for _, o := range p.OnCall.Shifts.All() {
		left = append(left, o.ID)
	}
	slices.Sort(left)
	if want := []string{"last", "new", "now", "soon"}; !slices.Equal(left, want) {
		t.Errorf("%v are left, want %v", left, want)
	}
}

// Of two processes one sends a digest.
func TestDigestMarksAreTakenOnce(t *testing.T) {
	p := open(t, t.TempDir())
	none, err := p.OnCall.Digests.Get(t.Context(), "digest-morning-x")
	if err != nil || none.Revision != 0 {
		t.Fatalf("%+v, %v", none, err)
	}
	none.Key, none.Day, none.State = "digest-morning-x", "2026-11-02", digest.Trying
	first, err := p.OnCall.Digests.Put(t.Context(), none)
	if err != nil || first.Revision == 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	if _, err := p.OnCall.Digests.Put(t.Context(), none); !errors.Is(err, digest.ErrTaken) {
		t.Errorf("the slower one: %v", err)
	}
	first.State = digest.Sent
	second, err := p.OnCall.Digests.Put(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.OnCall.Digests.Put(t.Context(), first); !errors.Is(err, digest.ErrTaken) {
		t.Errorf("over a mark that was changed: %v", err)
	}
	if got, err := p.OnCall.Digests.Get(t.Context(), none.Key); err != nil || got != second || got.State != digest.Sent {
		t.Errorf("%+v, %v", got, err)
	}
}
