package queue

import (
	"time"

	"triage/internal/respond"
	"triage/internal/respond/board"
	"triage/internal/review/page"
	"triage/internal/review/say"
)

// row is one case in the list: no word of the comment.
type row struct {
	ID, Lane, Where, Age string
	// Notes are what to know beside that.
	Notes []string
	// At is when the comment was written.
	At        time.Time
	Loud, Low bool
	// Choose names the case, as it is now, where it can be dismissed together with
	// others; empty: it cannot.
	Choose string
}

func (p *Pages) row(c board.Card, v page.Visit) row {
	w := v.Words
	out := row{ID: c.ID, Lane: w.Lane(c.Lane), Where: w.Platform(c.Platform), At: c.Made,
		Age: w.Short(p.Now().Sub(c.Made)), Low: c.Low, Loud: p.loud(c.Lane)}
	if p.manyOn(c.Platform) {
		out.Where += " · " + c.Account
	}
	if c.Together && c.State == board.Needs {
		out.Choose = chosen{c.ID, c.Step}.String()
	}
	if c.State == board.Needs {
		out.Notes = p.needs(c, v)
	} else if note := p.stands(c, w); note != "" {
		out.Notes = []string{note}
	}
	return out
}

// loud reports whether a lane calls a person until somebody comes.
func (p *Pages) loud(l respond.Lane) bool { return p.Desk.Loudness(l) == respond.Pages }

// manyOn reports whether the practice has several accounts on a platform.
func (p *Pages) manyOn(platform string) bool {
	n := 0
	for _, h := range p.Health() {
		if h.Platform == platform {
			n++
		}
	}
	return n > 1
}

// needs is what to know of a case that needs somebody: what is to be done, for how
// long it can be, and who is at it.
func (p *Pages) needs(c board.Card, v page.Visit) (out []string) {
	w, window := v.Words, c.Window.Sub(p.Now())
	switch {
	case c.Proposed != "":
		out = append(out, w.Say("waits for a second person"))
	case c.Stands == respond.Manual:
		out = append(out, w.Say("to be done by hand"))
	case c.Stands == respond.Failed:
		out = append(out, w.Say("could not be published"))
	case c.Lane == respond.LaneTakeDown:
		out = append(out, w.Say("privacy officer"))
	case respond.Plans[c.Lane].Private && window > 0:
		out = append(out, w.Say("private reply %s", w.Short(window)))
	}
	switch c.Assignee {
	case "":
	case v.User.Name:
		out = append(out, w.Say("yours"))
	default:
		out = append(out, c.Assignee)
	}
	for who := range p.Here(c.ID) {
		if who != v.User.Name {
			out = append(out, w.Say("%s is looking", who))
		}
	}
	return out
}

// stands is the one thing to know of a case on which somebody decided.
func (p *Pages) stands(c board.Card, w *say.Words) string {
	switch left := w.Span(c.Due.Sub(p.Now())); {
	case c.Stands == respond.Approved && c.Itself:
		return w.Say("automatic, goes out in %s", left)
	case c.Stands == respond.Approved:
		return w.Say("goes out in %s", left)
	case c.Stands == respond.Sending:
		return w.Say("going out now")
	}
	settled := w.Say("withdrawn")
	if c.Did != "" {
		settled = c.By + ", " + w.Clock(c.At, p.Now())
	} else if c.Itself {
		settled = w.Say("automatic, %s", w.Clock(c.Step, p.Now()))
	}
	if c.Outcome != "" {
		settled += " · " + say.Lower(w.Outcome(c.Outcome))
	}
	return settled
}
