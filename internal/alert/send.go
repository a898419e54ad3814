package alert

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"triage/internal/alert/roster"
)

// patience is how long a channel may take for one notice.
const patience = 15 * time.Second

// result is what became of a notice.
type result struct {
	line  string // the line's key
	busy  string // what is used until it has come back; see busyKey
	calls []call
	// said is what each call said.
	said []Message
	at   time.Time
	err  error
}

// send sends what is due, what goes to the same line together, each line beside the
// others: one that hangs holds up nobody else.
func (p *Pager) send(ctx context.Context, calls []call) {
	var order []string
	batches := map[string][]call{}
	for _, c := range calls {
		key := p.busyKey(c)
		if _, known := batches[key]; !known {
			order = append(order, key)
		}
		batches[key] = append(batches[key], c)
	}
	for _, key := range order {
		if batch := batches[key]; !p.busy[key] && p.hasRoom(batch[0]) {
			p.busy[key] = true
			p.post(ctx, key, batch)
		}
	}
}

// busyKey is what a notice uses until it has come back: its line, and at a provider that
// keeps incidents only the one that it is about.
func (p *Pager) busyKey(c call) string {
	if p.channel[c.line.Channel].Keeps {
		return p.lineKey(c.line) + " " + c.told.incident(c.round)
	}
	return p.lineKey(c.line)
}

// lineKey names a line without its address: the hash has a key, for all telephone numbers
// are soon tried.
func (p *Pager) lineKey(l roster.Line) string {
	if l.To == "" {
		return l.Channel
	}
	mac := hmac.New(sha256.New, []byte(p.Practice))
	mac.Write([]byte(l.To))
	return fmt.Sprintf("%s/%x", l.Channel, mac.Sum(nil)[:8])
}

// heardKey is where a line's memory of a trouble is. At a provider that keeps incidents
// each round is another one, and each is ended.
func (d *decision) heardKey(line string, t *Told) string {
	if d.channel[channelOf(line)].Keeps {
		return fmt.Sprintf("%s#%d", line, t.Round)
	}
	return line
}

func lineOnly(heard string) string { line, _, _ := strings.Cut(heard, "#"); return line }

func channelOf(line string) string { name, _, _ := strings.Cut(line, "/"); return name }

// atOnce is how many notices one provider that keeps incidents is sent at the same time. A
// page waits for no other.
const atOnce = 8

func (p *Pager) hasRoom(c call) bool {
	if c.told.Alert.Severity == Page || !p.channel[c.line.Channel].Keeps {
		return true
	}
	n := 0
	for key := range p.busy {
		if strings.HasPrefix(key, p.lineKey(c.line)+" ") {
			n++
		}
	}
	return n < atOnce
}

// post sends one notice.
func (p *Pager) post(ctx context.Context, busy string, calls []call) {
	r := result{line: p.lineKey(calls[0].line), busy: busy, calls: calls, at: p.Now()}
	n := Notice{To: calls[0].line.To, From: p.From, Desk: p.Desk, At: r.at}
	id := sha256.New()
	for _, c := range calls {
		h := c.told.Lines[c.heard]
		m := Message{Alert: c.told.Alert, Incident: c.told.incident(c.round), Change: c.change, Times: h.Times + 1, At: r.at}
		n.Messages, r.said = append(n.Messages, m), append(r.said, m)
		fmt.Fprintln(id, c.heard, m.Incident, c.told.Began.UnixNano(), m.Change, m.Times)
	}
	n.ID = fmt.Sprintf("%x", id.Sum(nil)[:16])
	for _, c := range calls {
		p.flying[c.told]++
	}
	channel, known := p.channel[calls[0].line.Channel]
	stuck := p.stuck[channel.Name]
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	go func() {
		defer cancel()
		switch {
		case !known:
			r.err = errUnknown
		case stuck.Load() >= mostStuck:
			r.err = errStuck
		default:
			r.err = tried(ctx, channel, n, stuck)
		}
		p.done <- r
	}()
}

// mostStuck is how many calls of one channel may have outlived their time: what never comes
// back is not asked without end.
const mostStuck = 8

var (
	// errUnknown is a line to a channel that there is not.
	errUnknown = &Failure{Why: "there is no channel of that name in the configuration", Final: true}
	errStuck   = &Failure{Why: "it has not come back from earlier notices: if it lasts, start triage anew"}
)

// tried passes a notice on, whatever the channel does.
func tried(ctx context.Context, c Channel, n Notice, stuck *atomic.Int32) (err error) {
	ended := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				ended <- &Failure{Why: "the channel failed: see the log", Unclear: true, Cause: fmt.Errorf("it panicked: %T", r)}
			}
		}()
		ended <- c.Notify(ctx, n)
	}()
	select {
	case err = <-ended:
		return err
	case <-ctx.Done(): // a library that does not heed it keeps its goroutine, and nobody else
		stuck.Add(1)
		go func() { <-ended; stuck.Add(-1) }()
		return &Failure{Why: "it did not answer in time", Unclear: true, Cause: ctx.Err()}
	}
}

// take notes what became of a notice.
func (p *Pager) take(r result) {
	delete(p.busy, r.busy)
	p.channelDid(r)
	counts := p.stamped(r)
	for i, c := range r.calls {
		h := c.told.Lines[c.heard]
		h.note(c, r, r.said[i], counts, p.Now())
		if c.told.Lines[c.heard] = h; p.flying[c.told] > 1 {
			p.flying[c.told]--
		} else {
			delete(p.flying, c.told)
		}
		if p.open[c.told.Alert.Key] == c.told {
			p.touch(c.told)
		}
	}
	fields := []zap.Field{zap.String("channel", r.calls[0].line.Channel), zap.String("person", r.calls[0].person),
		zap.Int("messages", len(r.calls)), zap.String("first", r.calls[0].told.Alert.Key), zap.String("change", string(r.calls[0].change))}
	if r.err != nil {
		p.Log.Error("a notice was not taken", append(fields, zap.String("why", WhyOf(r.err)), zap.Error(causeOf(r.err)))...)
		return
	}
	for _, c := range r.calls { // the first of an hour's is its time
		if c.told.Alert.Severity == Slow && c.change.calls() && r.at.Sub(p.slow[r.line]) >= again[Slow]/24 {
			p.slow[r.line] = r.at
		}
	}
	p.Log.Info("told", fields...)
}

// note is what a line knows after a notice. Told first and noted after: at least once,
// never silently none.
func (h *Heard) note(c call, r result, said Message, counts bool, now time.Time) {
	h.Person, h.Channel = cmp.Or(c.person, h.Person), c.line.Channel // the team's number may be hers, too
	if h.Round != c.round {
		h.First, h.Tries, h.Unclear = time.Time{}, 0, false
	}
	if r.err != nil {
		h.Round, h.Tried, h.Tries, h.Why = c.round, now, h.Tries+1, WhyOf(r.err)
		h.Rest = restAfter(h.Tries, r.err)
		if h.First.IsZero() && unclear(r.err) {
			h.Count, h.Latest, h.Unclear = said.Count, said.Latest, true
		}
		return
	}
	if h.First.IsZero() || h.Change == Over {
		h.First = r.at
	}
	h.Round, h.Last, h.Times, h.Change = c.round, r.at, h.Times+1, c.change
	h.Count, h.Latest, h.Unclear = said.Count, said.Latest, false
	h.Recent = slices.DeleteFunc(slices.Clone(h.Recent), func(at time.Time) bool { return r.at.Sub(at) >= time.Hour })
	if counts && c.change.calls() {
		h.Recent = append(h.Recent, r.at)
	}
	h.Tried, h.Tries, h.Why, h.Rest = time.Time{}, 0, "", 0
}

// channelDid notes how a channel does, for people to see.
func (p *Pager) channelDid(r result) {
	name, person := r.calls[0].line.Channel, r.calls[0].person
	s, pending := p.states[name]
	for _, known := range p.States.All() {
		if known.Channel == name && !pending {
			s = known
		}
	}
	before := s
	if s.Channel = name; r.err == nil {
		s.OK, s.Failing, s.Why = r.at, time.Time{}, ""
	} else {
		if s.Failing.IsZero() {
			s.Failing = r.at
		}
		s.Why = WhyOf(r.err)
	}
	if why := wrongAddress(r.err); person != "" && why != "" {
		s = s.of(person, &Fault{Line: r.line, Since: r.at, Why: why})
	} else if person != "" && r.err == nil {
		s = s.of(person, nil)
	}
	if before.Channel == "" || !before.Failing.Equal(s.Failing) || before.Why != s.Why || s.OK.Sub(before.OK) >= time.Minute || !maps.Equal(before.Of, s.Of) {
		p.states[name] = s
	}
}

// causeOf is what the log may have of an error.
func causeOf(err error) error {
	if f, ours := err.(*Failure); ours {
		return f.Cause
	}
	return fmt.Errorf("%T", err) // what is not ours may hold a token
}
