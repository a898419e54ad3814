package respond

import (
	"encoding/binary"
	"errors"
	"iter"
	"slices"
	"time"

	"triage/internal/ingest"
)

// Light is as much of the case as whoever goes over all cases looks at: where it
// is, how it stands, what was last decided. With the rest, a hundred thousand
// cases would take half a gigabyte.
func (c Case) Light() Case {
	m := c.Comment
	light := Case{
		Comment: ingest.Comment{ID: m.ID, Version: m.Version, Platform: m.Platform, Account: m.Account,
			Thread: m.Thread, Created: m.Created, PrivateUntil: m.PrivateUntil, Own: m.Own},
		Lane: c.Lane, Opened: c.Opened, Entered: c.Entered, Low: c.Low, Assignee: c.Assignee, Erased: c.Erased, Paused: c.Paused, Partial: true,
		Actions: make([]Action, len(c.Actions)), History: []Entry{},
	}
	if c.Outcome != nil {
		light.Outcome = &Outcome{Code: c.Outcome.Code}
	}
	if p, ok := c.Proposed(); ok {
		light.Proposal = &Proposal{By: p.By, At: p.At}
	}
	for i, a := range c.Actions {
		light.Actions[i] = Action{Kind: a.Kind, State: a.State, By: a.By, Approved: a.Approved, Due: a.Due,
			Item: a.Item, Unclear: a.Unclear, Look: a.Look, Held: a.Held}
		if a.Intent != nil {
			light.Actions[i].Intent = &Intent{Started: a.Intent.Started}
		}
	}
	step, decision := true, true // still to be found
	for _, e := range slices.Backward(c.History) {
		if step && e.Step() || decision && e.Decides() {
			light.History = append(light.History, Entry{At: e.At, By: e.By, Do: e.Do})
			step, decision = false, decision && !e.Decides()
		}
	}
	slices.Reverse(light.History)
	return light
}

// Lively goes over the light forms of the cases that somebody or something has to do
// with: not settled, about words of ours, paused, or tried in the last two days. A
// store that does not keep them apart gives all.
func (d *Desk) Lively() iter.Seq[*Case] {
	if apart, ok := d.Cases.(interface{ Lively() iter.Seq[*Case] }); ok {
		return apart.Lively()
	}
	return d.Cases.All()
}

// InThread goes over the light forms of the cases of a conversation, and perhaps others.
func (d *Desk) InThread(thread string) iter.Seq[*Case] {
	if apart, ok := d.Cases.(interface {
		Thread(thread string) iter.Seq[*Case]
	}); ok {
		return apart.Thread(thread)
	}
	return d.Cases.All()
}

// Whole reports whether the case is not a light form.
func (c Case) Whole() bool { return !c.Partial }

// Decides reports whether with this entry a person decided on the case.
func (e Entry) Decides() bool { return e.Do == "approved" || e.Do == "dismissed" || e.Do == "handled" }

// lightForm numbers what Light keeps and how it is packed: what was packed in
// another form cannot be unpacked. Whoever changes either raises it.
const lightForm = 5

var errPacked = errors.New("these are no packed cases of this version")

// Pack writes down the light forms of cases.
func (Case) Pack(cases []*Case) []byte {
	p := packing{known: map[string]int{}}
	actions, intents, entries := 0, 0, 0
	for _, c := range cases {
		actions, entries = actions+len(c.Actions), entries+len(c.History)
		for _, a := range c.Actions {
			if a.Intent != nil {
				intents++
			}
		}
	}
	for _, n := range []int{lightForm, len(cases), actions, intents, entries} {
		p.count(n)
	}
	for _, c := range cases {
		one := *c // which is shared
		p.one(&one)
	}
	return p.out
}

// Unpack reads what Pack wrote of as many cases. They share their memory: reading
// a hundred thousand takes a tenth of a second.
func (Case) Unpack(data []byte, light []*Case) error {
	p := packing{in: data, text: string(data), reading: true}
	if p.count(0) != lightForm || p.count(0) != len(light) {
		return errPacked
	}
	p.actions, p.intents, p.entries = make([]Action, p.count(0)), make([]Intent, p.count(0)), make([]Entry, p.count(0))
	for _, c := range light {
		c.Partial = true
		p.one(c)
	}
	if p.bad {
		return errPacked
	}
	return nil
}

// packing goes over light cases, to write them down or to read them: one way for
// both, so that they agree.
type packing struct {
	out   []byte
	known map[string]int // the words written so far, by their number

	reading bool
	in      []byte
	text    string // in, of which the words are parts
	at      int
	words   []string
	actions []Action
	intents []Intent
	entries []Entry
	bad     bool
}

func (p *packing) one(c *Case) {
	m := &c.Comment
	words(p, &m.ID, &m.Version, &m.Platform, &m.Account, &m.Thread, &c.Erased, &c.Assignee)
	words(p, &c.Lane)
	p.times(&m.Created, &m.PrivateUntil, &c.Opened, &c.Entered, &c.Paused)
	p.flags(&c.Low, &m.Own)
	p.outcome(c)
	p.proposal(c)
	c.Actions = part(p, c.Actions, &p.actions)
	for i := range c.Actions {
		p.action(&c.Actions[i])
	}
	c.History = part(p, c.History, &p.entries)
	for i := range c.History {
		e := &c.History[i]
		words(p, &e.By, &e.Do)
		p.times(&e.At)
	}
}

// outcome is a code, empty where there is none.
func (p *packing) outcome(c *Case) {
	code := ""
	if c.Outcome != nil {
		code = c.Outcome.Code
	}
	if words(p, &code); p.reading && code != "" {
		c.Outcome = &Outcome{Code: code}
	}
}

// proposal is who made it and when, empty where there is none.
func (p *packing) proposal(c *Case) {
	var one Proposal
	if c.Proposal != nil {
		one = *c.Proposal
	}
	words(p, &one.By)
	p.times(&one.At)
	if p.reading && one.By != "" {
		c.Proposal = &Proposal{By: one.By, At: one.At}
	}
}

func (p *packing) action(a *Action) {
	words(p, &a.Kind)
	words(p, &a.State)
	words(p, &a.By, &a.Item, &a.Held)
	p.times(&a.Approved, &a.Due)
	p.flags(&a.Unclear, &a.Look)
	var tried []Intent
	if a.Intent != nil {
		tried = []Intent{*a.Intent}
	}
	tried = part(p, tried, &p.intents)
	for i := range tried {
		p.times(&tried[i].Started)
		if p.reading {
			a.Intent = &tried[i]
		}
	}
}

// part is a list: what is to be written, or as many of all as are read.
func part[T any](p *packing, have []T, all *[]T) []T {
	n := p.count(len(have))
	if !p.reading {
		return have
	}
	if n > len(*all) {
		p.bad = true
		return nil
	}
	have, *all = (*all)[:n:n], (*all)[n:]
	return have
}

// words are written in full the first time and then by their number.
func words[S ~string](p *packing, all ...*S) {
	for _, s := range all {
		switch n, known := p.known[string(*s)]; {
		case p.reading:
			*s = S(p.word())
		case known:
			p.count(n)
		default:
			p.count(len(p.known))
			p.known[string(*s)] = len(p.known)
			p.count(len(*s))
			p.out = append(p.out, *s...)
		}
	}
}

func (p *packing) word() string {
	n := p.count(0)
	if n < len(p.words) {
		return p.words[n]
	}
	length := p.count(0)
	if n > len(p.words) || length > len(p.text)-p.at {
		p.bad = true
		return ""
	}
	p.at += length
	p.words = append(p.words, p.text[p.at-length:p.at])
	return p.words[n]
}

func (p *packing) times(all ...*time.Time) {
	for _, t := range all {
		switch {
		case p.reading:
			if n := p.number(0); n != 0 {
				*t = time.Unix(0, n).UTC()
			}
		case t.IsZero():
			p.number(0)
		default:
			p.number(t.UnixNano())
		}
	}
}

func (p *packing) flags(all ...*bool) {
	for _, f := range all {
		switch {
		case p.reading:
			*f = p.number(0) == 1
		case *f:
			p.number(1)
		default:
			p.number(0)
		}
	}
}

// count is a number that what is read cannot exceed.
func (p *packing) count(n int) int {
	n = int(p.number(int64(n)))
	if p.reading && (n < 0 || n > len(p.in)) {
		p.bad = true
		return 0
	}
	return n
}

// number writes n, or returns what is read.
func (p *packing) number(n int64) int64 {
	if !p.reading {
		p.out = binary.AppendVarint(p.out, n)
		return n
	}
	n, size := binary.Varint(p.in[p.at:])
	if size <= 0 {
		p.bad = true
		return 0
	}
	p.at += size
	return n
}
