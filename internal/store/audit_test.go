package store

import (
	"bytes"
	"fmt"
	"testing"

	"triage/internal/audit"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// audited waits until the audit has what happened to every case.
func (p *practice) audited(t *testing.T) {
	t.Helper()
	stop := beside(t, p.KeepAudited)
	defer stop()
	until(t, "the audit has every case", func() bool {
		waiting, through, err := p.AuditFlow(t.Context())
		return err == nil && waiting == 0 && through > 0
	})
}

// happened fails unless the audit has this much of a case, in order, once.
func (p *practice) happened(t *testing.T, id string, want int) {
	t.Helper()
	n := 0
	for _, r := range p.told(t) {
		if r.On != id {
			continue
		}
		if n++; r.Do != fmt.Sprint("act-", n) || r.By != "dana" || r.From != "page" || r.Ref != fmt.Sprintf("%s/%d", id, n-1) {
			t.Fatalf("entry %d of %s is %+v", n, id, r)
		}
	}
	if n != want {
		t.Fatalf("the audit has %d of the %d things that happened to %s", n, want, id)
	}
}

// acts does things to a case, up to the numbered one.
func (p *practice) acts(t *testing.T, id string, to int) {
	t.Helper()
	p.change(t, id, func(c *respond.Case) {
		for c.Noted < to {
			happens(c, p.now(), fmt.Sprint("act-", c.Noted+1))
		}
	})
}

// Two processes bring the same cases into one audit, stop and begin anew, and
// cases forget what the audit has: everything is in it once, in order.
func TestHistoriesReachTheAuditOnce(t *testing.T) {
	each(t, func(t *testing.T, p *practice) {
		q := openOn(t, p.bus)
		all := p.read(t, says(1, "a"), says(2, "b"), says(3, "c"), says(4, "d"))
		var cases []respond.Case
		for _, c := range all {
			cases = append(cases, respond.Case{Comment: c, Lane: respond.LaneClear})
		}
		must(t, p.Cases.Create(t.Context(), cases))
		one, two := beside(t, p.KeepAudited), beside(t, q.KeepAudited)
		for n := range 20 {
			for _, c := range all {
				p.acts(t, c.ID, n+1)
			}
		}
		one()
		for _, c := range all {
			p.acts(t, c.ID, 30)
		}
		p.audited(t)
		two()
		for _, c := range all {
			p.happened(t, c.ID, 30)
			if n := q.Audited(t.Context(), c.ID); n != 30 {
				t.Errorf("%d are known to be audited", n)
			}
			p.change(t, c.ID, func(c *respond.Case) { c.History = append(c.History[:2:2], c.History[25:]...) })
			p.acts(t, c.ID, 33)
			now, err := p.Cases.Get(t.Context(), c.ID)
			must(t, err)
			must(t, q.project(t.Context(), now)) // as a rival that has it already
		}
		q.audited(t)
		for _, c := range all {
			p.happened(t, c.ID, 33)
		}
		p.verify(t)
	})
}

// told is the audit's records, as who did what to what.
func (p *practice) told(t *testing.T) (out []audit.Record) {
	t.Helper()
	var exported bytes.Buffer
	must(t, p.Audit.Export(t.Context(), &exported, audit.ExportOptions{Format: "jsonl"}))
	for i, line := range bytes.Split(bytes.TrimSpace(exported.Bytes()), []byte("\n")) {
		if i > 0 { // the header
			out = append(out, decoded[audit.Record](t, line))
		}
	}
	return out
}

// count counts the records of what was done to something.
func count(records []audit.Record, do, on string) (n int) {
	for _, r := range records {
		if r.Do == do && r.On == on {
			n++
		}
	}
	return n
}

// A case stored before entries had numbers.
func TestHistoryWithoutNumbersReachesTheAudit(t *testing.T) {
	p := open(t, t.TempDir())
	c := p.read(t, says(1, "a"))[0]
	p.file(t, c, respond.Action{Kind: ingest.Reply, State: respond.Sent})
	p.change(t, c.ID, func(c *respond.Case) {
		c.Noted, c.History = 0, []respond.Entry{{At: p.now(), By: "dana", Do: "act-1"}, {At: p.now(), By: "dana", Do: "act-2"}}
	})
	p.audited(t)
	p.acts(t, c.ID, 2)
	p.audited(t)
	p.happened(t, c.ID, 2)
}

// A restarted process goes on where it was.
func TestAuditGoesOnAfterARestart(t *testing.T) {
	p := open(t, t.TempDir())
	c := p.read(t, says(1, "a"))[0]
	must(t, p.Cases.Create(t.Context(), []respond.Case{{Comment: c, Lane: respond.LaneClear}}))
	p.acts(t, c.ID, 3)
	p.audited(t)
	p.acts(t, c.ID, 5)
	p.stop(t)
	p = open(t, p.dir)
	p.audited(t)
	p.happened(t, c.ID, 5)
	p.verify(t)
}
