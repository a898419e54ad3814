package respond

import (
	"context"
	"fmt"
	"time"

	"triage/internal/ingest"
)

// Proposal is an override that one person decided and a second one has to confirm
// (Rules.FourEyes). What is said is sealed; here are the keys.
type Proposal struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
	// Step is the case's after it was proposed: when the case goes on, it is stale.
	Step int `json:"step"`
	// Reply and Private refer to what is to be said; empty: nothing.
	Reply   string `json:"reply,omitempty"`
	Private string `json:"private,omitempty"`
	// Hide is the privacy reason for hiding; empty: nothing is hidden.
	Hide string `json:"hide,omitempty"`
	// Dismiss leaves our own words online.
	Dismiss bool `json:"dismiss,omitempty"`
	// Override is the code of its reason, Note refers to it in words.
	Override string `json:"override"`
	Note     string `json:"note"`
}

// Proposed is what waits for a second person on the case. ok is false where nothing
// does, or no more: it is stale once anything happened to the case, like a draft.
func (c Case) Proposed() (p Proposal, ok bool) {
	if c.Proposal == nil {
		return Proposal{}, false
	}
	return *c.Proposal, c.Partial || c.Step() == c.Proposal.Step && c.Open() && c.Erased == ""
}

// needsSecond reports whether an override of dec waits for a second person.
func (d *Desk) needsSecond(dec Decision) bool { return d.Rules().FourEyes && dec.second == "" }

// proposalOf is what a decision proposes: its texts are sealed already.
func proposalOf(dec Decision, actions []Action) Proposal {
	p := Proposal{Hide: dec.Hide}
	for _, a := range actions {
		switch a.Kind {
		case ingest.Reply:
			p.Reply = a.Text
		case ingest.Private:
			p.Private = a.Text
		}
	}
	return p
}

// propose stores a decision for a second person to confirm. over is what the history
// says of the override. A newer proposal takes the place of an older one.
func (d *Desk) propose(ctx context.Context, dec Decision, p Proposal, over string) (Case, error) {
	return d.Change(ctx, dec.Case, func(c *Case) error {
		if err := dec.fits(c); err != nil {
			return err
		}
		what := kindsProposed(p)
		c.Note(d.Now(), dec.By, Proposed, what+":"+over)
		p.By, p.At, p.Step, p.Override = dec.By, d.Now(), c.Step(), dec.Override
		p.Note = d.noteKey(*c, dec.Note)
		c.Proposal = &p
		return nil
	})
}

// kindsProposed names what a proposal lets out, as an override's entry does.
func kindsProposed(p Proposal) string {
	switch {
	case p.Dismiss:
		return string(ingest.TakeDown)
	case p.Reply != "":
		return string(ingest.Reply)
	}
	return string(ingest.Private)
}

// OpenProposal is a proposal with its words; empty: there are none, or they were
// erased.
type OpenProposal struct {
	Proposal
	ReplyWords, PrivateWords, NoteWords string
}

// Proposal opens what is proposed on a case, for those who are to confirm it.
// ok is as of Case.Proposed.
func (d *Desk) Proposal(ctx context.Context, c Case) (open OpenProposal, ok bool, err error) {
	p, ok := c.Proposed()
	if !ok {
		return open, false, nil
	}
	open.Proposal = p
	for key, words := range map[string]*string{p.Reply: &open.ReplyWords, p.Private: &open.PrivateWords, p.Note: &open.NoteWords} {
		if key == "" {
			continue
		}
		said, err := d.Texts.Open(ctx, key)
		if err != nil {
			return open, true, fmt.Errorf("open a proposal: %w", err)
		}
		*words = said.Text
	}
	return open, true, nil
}

// errNoProposal: there is nothing to confirm or to withdraw.
var errNoProposal = &CannotError{"Nothing is proposed here any more: the case went on, or somebody settled the proposal."}

// errNoOfficer: the role of who proposed it is another one now, or she was shut out.
var errNoOfficer = &CannotError{"Whoever proposed this may not let it out any more. Withdraw the proposal; if you agree with it, propose it yourself."}

// Confirm carries out what somebody else proposed, as she proposed it: by is the
// second person, of whom the caller has seen to it that she may override. step is the
// Case.Step that she saw, always: if the case went on since, other words may be
// proposed, and it is ErrConflict.
func (d *Desk) Confirm(ctx context.Context, id string, step int, by string) (Case, error) {
	c, err := d.Cases.Get(ctx, id)
	if err != nil {
		return Case{}, err
	}
	p, ok, err := d.Proposal(ctx, c)
	switch {
	case err != nil:
		return c, err
	case step != c.Step():
		return c, ErrConflict
	case !ok:
		return c, errNoProposal
	case by == "" || by == p.By:
		return c, &CannotError{"This takes a second person: you proposed it yourself."}
	case d.MayOverride != nil && !d.MayOverride(ctx, p.By):
		return c, errNoOfficer
	}
	dec := Decision{Case: id, Step: step, By: p.By, Reply: p.ReplyWords, Private: p.PrivateWords, Hide: p.Hide,
		Override: p.Override, Note: p.NoteWords, second: by}
	if p.Dismiss {
		return d.Dismiss(ctx, dec)
	}
	return d.Approve(ctx, dec)
}

// confirmed notes who confirmed a decision, if that took somebody: nothing is proposed
// any more.
func (d *Desk) confirmed(c *Case, dec Decision) {
	c.Proposal = nil
	if dec.second != "" {
		c.Note(d.Now(), dec.second, Confirmed, dec.By)
	}
}

// Withdraw takes back a proposal, one's own or somebody else's; the case waits as
// before.
func (d *Desk) Withdraw(ctx context.Context, id, by string) (Case, error) {
	return d.Change(ctx, id, func(c *Case) error {
		p, ok := c.Proposed()
		if !ok {
			return errNoProposal
		}
		c.Proposal = nil
		c.Note(d.Now(), by, Unproposed, p.By)
		return nil
	})
}
