package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"triage/internal/audit"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/outbound"
)

// sweepReport tells what became of the practice's own replies that had to go. It
// holds ids, codes, keyed hashes and names of staff, and nobody's words.
type sweepReport struct {
	Format   string    `json:"format"`
	Practice string    `json:"practice"`
	Made     time.Time `json:"made"`
	Version  string    `json:"version"`
	Policy   string    `json:"policy"`
	// Accounts are those that were swept, each as far as it last was.
	Accounts []sweptAccount `json:"accounts"`
	Replies  []sweptReply   `json:"replies"`
	// NotRead counts those that could not be read back when this was made.
	NotRead int `json:"not_read,omitempty"`
	// Audit is where the audit stood when this was made.
	Audit auditEnd `json:"audit"`
}

// auditEnd is a place in the audit: a record's number and hash.
type auditEnd struct {
	Record uint64     `json:"record"`
	Hash   audit.MAC  `json:"hash"`
	At     *time.Time `json:"at,omitempty"`
}

// sweptAccount is how far an account was read.
type sweptAccount struct {
	Account  string    `json:"account"`
	Platform string    `json:"platform,omitempty"`
	Name     string    `json:"name,omitempty"`
	Since    string    `json:"since"` // the day that was asked for
	Ended    time.Time `json:"ended"`
	Whole    bool      `json:"whole"` // read to its end
	Read     int       `json:"read"`
	Own      int       `json:"own"`
	Refused  int       `json:"refused"`
	Unread   int       `json:"unread"`
	Alone    int       `json:"alone"`
	Oldest   time.Time `json:"oldest,omitzero"`
	Record   auditEnd  `json:"record"`
}

// States of a reply in the report.
const (
	replyOnline    = "online"
	replyLook      = "look"      // online, in a language that the check cannot read
	replyManual    = "manual"    // online, or so it must be taken: for a person
	replyUnproven  = "unproven"  // somebody says that it is gone; the platform has not shown it
	replyRemoved   = "removed"   // with proof
	replyCorrected = "corrected" // with proof
	replyLeft      = "left"      // somebody who may decided to leave it online
	replyErased    = "erased"    // nothing is known any more but that it was there
)

// sweepStates are in the order in which they want attention.
var sweepStates = []string{replyOnline, replyManual, replyLook, replyUnproven, replyLeft, replyRemoved, replyCorrected, replyErased}

// sweptReply is one reply of ours that says too much.
type sweptReply struct {
	Case     string `json:"case"`
	Link     string `json:"link"`
	Platform string `json:"platform"`
	Name     string `json:"name"` // the platform's, as people write it
	Account  string `json:"account"`
	// Published is zero where only the fact is left.
	Published time.Time     `json:"published,omitzero"`
	Found     time.Time     `json:"found"`
	Lane      string        `json:"lane"`
	Rules     []brokenRule  `json:"rules"`
	State     string        `json:"state"`
	Removal   *removal      `json:"removal,omitempty"`
	Proof     *removalProof `json:"proof,omitempty"`
	// Seen is when it was last read back online, as far as the audit tells.
	Seen *auditEnd `json:"seen,omitempty"`
}

// brokenRule is a rule with our sentence.
type brokenRule struct {
	Rule string `json:"rule"`
	Why  string `json:"why"`
}

// removal says who ended it, or left it online. By is empty where that was done on the
// platform itself.
type removal struct {
	By  string    `json:"by,omitempty"`
	How string    `json:"how"` // here, by-hand, platform or left
	At  time.Time `json:"at,omitzero"`
}

// removalProof is what the platform showed afterwards, and the record of the audit
// that holds it.
type removalProof struct {
	Read   time.Time `json:"read"`
	Before string    `json:"before,omitempty"`
	After  string    `json:"after"`
	Answer string    `json:"answer"`
	Record uint64    `json:"record"`
	Hash   audit.MAC `json:"hash"`
}

// report implements control.SweepReporter.
func (w *sweeper) report(ctx context.Context, look bool) ([]byte, error) {
	r := sweepReport{Format: "triage sweep 1", Practice: w.cfg.Practice.Name, Made: time.Now().UTC().Truncate(time.Second),
		Version: buildVersion(), Policy: policyVersion}
	if look {
		var err error
		if r.NotRead, err = w.lookAll(ctx); err != nil {
			return nil, err
		}
	}
	if err := w.audited(ctx); err != nil {
		return nil, err
	}
	known := map[string]*audited{}
	for c := range w.st.Cases.All() {
		if c.Comment.Own {
			known[c.ID()] = &audited{}
		}
	}
	swept := sweptAccounts{}
	names, err := w.names()
	if err != nil {
		return nil, err
	}
	err = w.records(ctx, func(rec audit.Record) {
		r.Audit = auditEnd{Record: rec.N, Hash: rec.MAC}
		swept.see(rec)
		if a, ok := known[rec.On]; ok {
			a.see(rec)
		}
	})
	if err != nil {
		return nil, err
	}
	r.Accounts = swept.list(names)
	if r.Replies, err = w.replies(ctx, known, names); err != nil {
		return nil, err
	}
	return json.MarshalIndent(r, "", " ")
}

// replies are the lines of these cases, in the order in which they want attention.
func (w *sweeper) replies(ctx context.Context, known map[string]*audited, names map[string]accountNamed) ([]sweptReply, error) {
	out := []sweptReply{}
	for id, a := range known {
		c, err := w.st.Cases.Get(ctx, id)
		if errors.Is(err, respond.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		line := a.reply(c, w.cfg.Review.URL)
		line.Name = cmp.Or(names[line.Account].name, line.Platform)
		out = append(out, line)
	}
	slices.SortFunc(out, func(a, b sweptReply) int {
		return cmp.Or(cmp.Compare(slices.Index(sweepStates, a.State), slices.Index(sweepStates, b.State)),
			a.Published.Compare(b.Published), cmp.Compare(a.Case, b.Case))
	})
	return out, nil
}

// audited is what the audit holds of one reply.
type audited struct {
	rules []string
	seen  *auditEnd
	first string // the words that were found, by their hash
	proof *removalProof
}

func (a *audited) see(r audit.Record) {
	f := outbound.ParseFinding(r.Note)
	switch r.Do {
	case outbound.Online, outbound.Back:
		at := r.At
		if a.proof != nil { // another reply may have its id now
			a.first = ""
		}
		a.seen, a.proof = &auditEnd{r.N, r.MAC, &at}, nil
		if len(f.Rules) > 0 {
			a.rules = f.Rules
		}
		a.first = cmp.Or(a.first, f.After)
	case "opened": // it says something else, and too much again
		a.proof = nil
	case outbound.Removed, outbound.Corrected:
		a.proof = &removalProof{Read: r.At, Before: cmp.Or(a.first, f.Before), After: f.After, Answer: f.Answer, Record: r.N, Hash: r.MAC}
	}
}

// reply is the line of a case.
func (a *audited) reply(c respond.Case, page string) sweptReply {
	out := sweptReply{
		Case: c.ID(), Link: page + "/cases/" + c.ID(), Platform: c.Comment.Platform, Account: c.Comment.Account,
		Published: c.Comment.Created, Found: c.Opened, Lane: string(c.Lane), Seen: a.seen,
	}
	rules := a.rules
	if len(c.Judgement.Reasons) > 0 {
		rules = outbound.Broken(c)
	}
	out.Rules, out.Removal = broken(rules), removedBy(c)
	switch s := stateOf(c); {
	case (s == replyRemoved || s == replyCorrected) && a.proof != nil:
		out.State, out.Proof = s, a.proof
		if out.Removal == nil {
			out.Removal = &removal{How: "platform"}
		}
	case s == replyRemoved || s == replyCorrected:
		out.State = replyUnproven // its record is missing
	default:
		out.State = s
	}
	switch out.State {
	case replyOnline, replyLook, replyManual:
		out.Removal = nil
	case replyLeft:
		out.Removal = leftBy(c)
	}
	return out
}

// stateOf is how a reply stands, by its case.
func stateOf(c respond.Case) string {
	last := ""
	for _, e := range c.History {
		if e.Step() && e.Do != "erased" {
			last = e.Do
		}
	}
	switch {
	case last == outbound.Removed, last == outbound.Corrected:
		return last
	case c.Erased != "" && c.Erased != respond.WhyRetention:
		return replyErased
	case outbound.Left(&c):
		return replyLeft
	case removedBy(c) != nil:
		return replyUnproven
	case slices.ContainsFunc(c.Actions, respond.Action.NeedsPerson):
		return replyManual
	case c.Lane == respond.LaneLook:
		return replyLook
	}
	return replyOnline
}

// removedBy is who said that it is gone; nil: nobody did.
func removedBy(c respond.Case) *removal {
	for _, a := range c.Actions {
		switch {
		case a.Kind == ingest.TakeDown && a.State == respond.Sent:
			return &removal{By: a.By, How: "here", At: a.Done}
		case a.Kind == ingest.TakeDown && a.State == respond.Dismissed && !outbound.Left(&c):
			return &removal{By: a.By, How: "by-hand", At: a.Done}
		case a.Kind == ingest.TakeDown && a.State == respond.Withdrawn && !a.Look && c.Settled():
			return &removal{How: "platform", At: a.Done}
		}
	}
	return nil
}

// leftBy is who decided that it stays online.
func leftBy(c respond.Case) *removal {
	for _, e := range slices.Backward(c.History) {
		if e.Decides() {
			return &removal{By: e.By, How: "left", At: e.At}
		}
	}
	return nil
}

func (r *sweepReport) count(state string) int {
	n := 0
	for _, reply := range r.Replies {
		if reply.State == state {
			n++
		}
	}
	return n
}
