package store

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/audit"
	"triage/internal/bus"
	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/settings"
)

// backup makes both parts.
func (p *practice) backup(t *testing.T) map[Part][]byte {
	t.Helper()
	out := map[Part][]byte{}
	for _, part := range []Part{DataPart, KeysPart} {
		var w bytes.Buffer
		must(t, p.Backup(t.Context(), &w, Backup{Part: part, Practice: "Test", Key: backupKey, Progress: p.count}))
		out[part] = w.Bytes()
	}
	return out
}

// count takes note of the progress of a backup or a restore.
func (p *practice) count(n int) { p.most = max(p.most, n) }

func (p *practice) load(t *testing.T, data, keys []byte) (Restored, error) {
	t.Helper()
	return p.Load(t.Context(), Restore{Data: bytes.NewReader(data), Keys: bytes.NewReader(keys), Secrets: [][]byte{{1}, backupKey}, Progress: p.count})
}

// restore puts a backup into a new store and makes it fit to go on.
func restore(t *testing.T, data, keys []byte) *practice {
	t.Helper()
	p := open(t, t.TempDir())
	r, err := p.load(t, data, keys)
	must(t, err)
	if r.Practice != "Test" || r.Records == 0 || r.Data.IsZero() || r.Keys.IsZero() {
		t.Errorf("restored: %+v", r)
	}
	p.stop(t)
	p = open(t, p.dir)
	must(t, p.Settle(t.Context(), p.desk, r, byDana))
	return p
}

// state is everything that a store holds, by stream and subject.
func (p *practice) state(t *testing.T) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	for _, streams := range parts {
		for _, s := range streams {
			out[s] = map[string]string{}
			must(t, p.bus.Dump(t.Context(), s, func(m bus.Message) error {
				out[s][m.Subject] = string(m.Data)
				return nil
			}))
		}
	}
	return out
}

func (p *practice) verify(t *testing.T) {
	t.Helper()
	report, err := p.Verify(t.Context(), auditKey, nil)
	if err != nil || !report.OK() || report.Records == 0 {
		t.Errorf("audit: %+v, %v", report, err)
	}
}

// states are those that an action can be in.
var states = []respond.State{respond.Waiting, respond.Approved, respond.Sending, respond.Sent, respond.Failed,
	respond.Manual, respond.Withdrawn, respond.Dismissed, respond.Recorded}

// fill puts n comments and everything else into a store.
func fill(t *testing.T, p *practice, n int) (all []ingest.Comment) {
	t.Helper()
	var in []ingest.Comment
	for i := range n {
		in = append(in, says(i, fmt.Sprint("words ", i)))
	}
	all = p.read(t, in...)
	p.judge(t, all...)
	for i := range len(all) / 25 {
		p.file(t, all[i*25], respond.Action{Kind: ingest.Reply, State: states[i%len(states)]})
	}
	folk := people.People{Store: p.Users}
	must(t, folk.Add(t.Context(), "dana", people.Officer, "four-unrelated-garden-words"))
	must(t, p.Settings.Set(t.Context(), settings.Change{Name: "posting.undo", Value: "45s", By: "dana"}))
	must(t, p.Marks.Save(t.Context(), "facebook", "main", ingest.Mark{Offset: 77}, 3))
	must(t, p.OnCall.Told.Put(t.Context(), alert.Told{Alert: alert.Alert{Key: "cases/x"}}))
	must(t, p.Sessions.Commit("token", []byte("data"), time.Now().Add(time.Hour)))
	must(t, p.Sources.Report(t.Context(), ingest.Health{Platform: "facebook", Account: "main"}))
	must(t, p.Audit.Append(t.Context(), audit.Act{By: "dana", Do: "signed-in"}))
	if token := p.hold(t); token != 1 {
		t.Errorf("token %d", token)
	}
	p.erase(t, all[n-1].ID)
	return all[:n-1]
}

// hold takes a lease for a moment and returns its token.
func (p *practice) hold(t *testing.T) (token uint64) {
	t.Helper()
	ctx, over := context.WithCancel(t.Context())
	must(t, p.Leases.Hold(ctx, "poll", func(_ context.Context, now uint64) error {
		token = now
		over()
		return nil
	}))
	return token
}

// handle reads comments until so many were handled, and returns which.
func (p *practice) handle(t *testing.T, n int) map[string]bool {
	t.Helper()
	ctx, enough := context.WithTimeout(t.Context(), 30*time.Second)
	defer enough()
	seen := map[string]bool{}
	must(t, p.Comments.Consume(ctx, func(_ context.Context, batch []ingest.Comment) error {
		for _, c := range batch {
			seen[comment{c}.Key()] = true
		}
		if len(seen) >= n {
			enough()
		}
		return nil
	}, nil))
	if len(seen) < n {
		t.Errorf("%d of %d comments came", len(seen), n)
	}
	return seen
}

func TestBackupWhileTheServiceRuns(t *testing.T) {
	p := open(t, t.TempDir())
	all := fill(t, p, 5000)
	p.audited(t)
	audited := beside(t, p.KeepAudited)
	handled := p.handle(t, 3000)
	before := p.state(t)
	n := 5000
	writing := beside(t, func(ctx context.Context) error {
		for ; ctx.Err() == nil; n++ {
			c := p.read(t, says(n, fmt.Sprint("words ", n)))
			p.judge(t, c...)
			p.file(t, c[0])
			p.change(t, all[0].ID, func(c *respond.Case) { happens(c, p.now(), "revealed") })
		}
		return nil
	})
	parts := p.backup(t)
	writing()
	audited()
	if p.most < 14_000 { // a text, an event and a verdict of each
		t.Errorf("the progress went to %d", p.most)
	}
	if n < 5010 {
		t.Fatalf("only %d comments were written meanwhile: the test shows nothing", n-5000)
	}
	p.stop(t)
	now := restore(t, parts[DataPart], parts[KeysPart])
	now.holds(t, before, all[0].ID)
	now.verify(t)
	told := now.told(t)
	if last := told[len(told)-1]; last.Do != "restored" || last.By != "dana" {
		t.Errorf("the audit ends with %+v", last.Act)
	}
	for i := 0; i < len(all); i += 50 {
		c := all[i]
		if now.opens(t, c.Key()) == "" {
			t.Fatalf("%s does not open", c.ID)
		}
	}
	now.goesOn(t, handled)
	if token := now.hold(t); token != 2 {
		t.Errorf("after the restore the lease has token %d: what was written under it before is newer", token)
	}
	t.Logf("%d records audited; %d comments written meanwhile", len(told), n-5000)
}

// holds fails unless the store holds everything that was there before, but for
// what a restore is to change.
func (p *practice) holds(t *testing.T, before map[string]map[string]string, hot string) {
	t.Helper()
	now := p.state(t)
	for stream, subjects := range before {
		if len(subjects) == 0 {
			t.Errorf("%s was empty: the test shows nothing", stream)
		}
		for subject, data := range subjects {
			if is := now[stream][subject]; is != data && !strings.HasSuffix(subject, hot) && !p.pending(t, stream, data) && stream != "audit" {
				t.Fatalf("%s: %s was %.200s and is %.200s", stream, subject, data, is)
			}
		}
	}
	for _, stream := range []string{"KV_sessions", "KV_sources"} {
		must(t, p.bus.Dump(t.Context(), stream, func(m bus.Message) error {
			t.Errorf("%s came along", m.Subject)
			return nil
		}))
	}
	if s := p.Settings.List()[0]; s.Value != "45s" || s.Changed == nil || s.Changed.By != "dana" {
		t.Errorf("setting: %+v", s)
	}
}

// pending reports whether a case had something that was going out. It is for a
// person now.
func (p *practice) pending(t *testing.T, stream, data string) bool {
	t.Helper()
	if stream != "KV_cases" {
		return false
	}
	was := decoded[respond.Case](t, []byte(data))
	if len(was.Actions) == 0 || was.Actions[0].State != respond.Approved && was.Actions[0].State != respond.Sending {
		return false
	}
	is, err := p.Cases.Get(t.Context(), was.ID())
	must(t, err)
	if a := is.Actions[0]; a.State != respond.Manual || !a.Unclear || a.Why == "" {
		t.Errorf("what was %s is %+v", was.Actions[0].State, a)
	}
	return true
}

// goesOn fails unless the readers go on where they were: nothing is missing, and
// not everything comes again.
func (p *practice) goesOn(t *testing.T, handled map[string]bool) {
	t.Helper()
	total, err := p.Comments.Count(t.Context())
	must(t, err)
	waiting, _, err := p.Comments.Flow(t.Context())
	must(t, err)
	t.Logf("%d of %d wait, %d were handled", waiting, total, len(handled))
	again := int(waiting) + len(handled) - int(total)
	if again < 0 || again > 500 {
		t.Errorf("%d of %d wait, %d were handled", waiting, total, len(handled))
	}
	all := p.handle(t, int(waiting))
	maps.Copy(all, handled)
	if len(all) < int(total) {
		t.Errorf("%d of %d comments were handled in the end", len(all), total)
	}
	p.audited(t)
	n := 0
	for _, r := range p.told(t) {
		if r.Do == "restored" && r.On != "" {
			n++
		}
	}
	if n != 45 { // of 200 cases, in 9 states
		t.Errorf("the audit knows of %d cases what the restore did to them", n)
	}
	p.verify(t)
}

// The audit is read after the cases and may know more of one. What happens to
// it after the restore is in the audit all the same.
func TestRestoredCaseGoesOnBehindItsAudit(t *testing.T) {
	p := open(t, t.TempDir())
	c := p.read(t, says(1, "words"))[0]
	p.file(t, c, respond.Action{Kind: ingest.Reply, State: respond.Approved})
	var w bytes.Buffer
	a, err := newArchive(&w, backupKey, header{DataPart, "Test", p.now()})
	must(t, err)
	for _, stream := range parts[DataPart] {
		if stream == "audit" {
			p.change(t, c.ID, func(c *respond.Case) { happens(c, p.now(), "sending") })
			now, err := p.Cases.Get(t.Context(), c.ID)
			must(t, err)
			must(t, p.project(t.Context(), now))
		}
		must(t, p.dump(t.Context(), a, stream, nil))
	}
	must(t, a.finish())
	keys := p.backup(t)[KeysPart]
	p.stop(t)
	p = restore(t, w.Bytes(), keys)
	p.change(t, c.ID, func(c *respond.Case) { happens(c, p.now(), "handled") })
	now, err := p.Cases.Get(t.Context(), c.ID)
	must(t, err)
	must(t, p.project(t.Context(), now))
	for _, do := range []string{"opened", "approved", "sending", "restored", "handled"} {
		if n := count(p.told(t), do, c.ID); n != 1 {
			t.Errorf("%s is %d times in the audit", do, n)
		}
	}
	p.verify(t)
}
