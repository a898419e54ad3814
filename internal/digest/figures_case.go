package digest

import (
	"slices"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// found is how old a comment may be when it is found for its times to count: an older one
// was found by looking back, and nobody kept it waiting.
const found = 7 * 24 * time.Hour

// decisionOf is the decision of a person that holds.
func decisionOf(c *respond.Case) (e respond.Entry, ok bool) {
	for _, e := range slices.Backward(c.History) {
		switch {
		case e.Do == "undone" || e.Do == "edited":
			return respond.Entry{}, false
		case e.Decides() && e.By != respond.Machine:
			return e, true
		}
	}
	return respond.Entry{}, false
}

func (p *period) decision(c *respond.Case) {
	e, decided := decisionOf(c)
	if !decided || !p.has(e.At) {
		return
	}
	switch e.Do {
	case "approved":
		p.approved++
	case "handled":
		p.handled++
	default:
		p.dismissed++
		if l := c.Label; !c.Comment.Own && l != nil && l.Level == classify.None && !l.Urgent && !l.Identifier {
			p.harmless++
		}
	}
	if c.Comment.Own {
		return
	}
	took := max(0, e.At.Sub(made(c)))
	if c.Opened.Sub(made(c)) > found {
		p.old++
		return
	}
	p.toDecide = append(p.toDecide, took)
	if c.Lane == respond.LaneUrgent {
		p.toUrgent = append(p.toUrgent, took)
	}
}

// went counts what went out, and how long the first of it took.
func (p *period) went(c *respond.Case) {
	var first time.Time
	for _, a := range c.Actions {
		out := a.State == respond.Sent && !a.Done.IsZero()
		if out && (a.Kind == ingest.Reply || a.Kind == ingest.Private) && (first.IsZero() || a.Done.Before(first)) {
			first = a.Done
		}
		if !p.has(a.Done) {
			continue
		}
		switch a.State {
		case respond.Sent:
			p.sent[a.Kind]++
			if a.By == respond.Machine {
				p.itself++
			}
		case respond.Failed:
			p.failed++
		case respond.Recorded:
			p.recorded++
		}
	}
	if p.has(first) && c.Opened.Sub(made(c)) <= found {
		p.toSend = append(p.toSend, max(0, first.Sub(made(c))))
	}
}

// takeDown counts a reply of ours that says too much: from when everybody could read it
// until it was settled.
func (p *period) takeDown(c *respond.Case) {
	if c.Lane != respond.LaneTakeDown {
		return
	}
	end, down := c.LastStep(), false
	for _, a := range c.Actions {
		if a.Kind == ingest.TakeDown && a.State == respond.Sent && !a.Done.IsZero() {
			end, down = a.Done, true
		}
	}
	switch {
	case !down && !c.Settled() || !p.has(end):
	case leftOnline(c):
		p.kept++
	default:
		p.online = append(p.online, max(0, end.Sub(made(c))))
	}
}

// leftOnline reports whether somebody decided that a reply of ours stays as it is.
func leftOnline(c *respond.Case) bool {
	e, decided := decisionOf(c)
	return decided && e.Do == "dismissed"
}

// rank is the value below or at which this share of all are, from 0 to 1; 0: there is none.
func rank(all []time.Duration, share float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	i := int(share*float64(len(sorted)) + 0.999999)
	return sorted[max(0, min(i, len(sorted))-1)]
}
