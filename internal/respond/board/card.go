package board

import (
	"slices"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
)

// State is under which heading a case is listed.
type State string

// The states under which cases are listed. The first is the queue itself.
const (
	Needs     State = ""          // a person has something to do
	Going     State = "going"     // approved, and not out yet
	Answered  State = "answered"  // by us, be it by hand
	Dismissed State = "dismissed" // nothing was to be done, or is any more
)

// States are all of them, in the order in which they are offered.
var States = []State{Needs, Going, Answered, Dismissed}

// listed is a State as a number.
type listed uint8

const (
	needs listed = iota
	going
	answered
	dismissed
	states
)

// stateOf is under which state a case is listed.
func stateOf(c *respond.Case, did string) listed {
	if len(c.Actions) == 0 {
		return needs
	}
	switch c.State() {
	case respond.Waiting, respond.Manual, respond.Failed:
		return needs
	case respond.Approved, respond.Sending:
		return going
	case respond.Sent, respond.Recorded:
		return answered
	}
	if did == "handled" {
		return answered
	}
	return dismissed
}

// Card is what a list shows of a case: no word of its comment.
type Card struct {
	ID   string
	Lane respond.Lane
	// State is under which heading it is listed, Stands how the case stands.
	State  State
	Stands respond.State
	// Platform and Account are where the comment is.
	Platform, Account string
	// Assignee is whose case it is; empty: nobody's.
	Assignee string
	// Low: it can wait behind the others of its lane.
	Low bool
	// Made is when the comment was written, Opened when the case was opened, Step
	// when it last went on.
	Made, Opened, Step time.Time
	// Window is until when a private message is possible; zero: it is not.
	Window time.Time
	// Due is when the last of what was approved goes out; zero: nothing is to.
	Due time.Time
	// By, At and Did are the last decision of a person: a user, and "approved",
	// "dismissed" or "handled"; empty: nobody decided.
	By  string
	At  time.Time
	Did string
	// Proposed is who proposed something here that somebody else is to confirm; empty:
	// nobody did.
	Proposed string
	// Together: it may be dismissed together with others.
	Together bool
	// Itself: a public reply goes out, or went out, that nobody approved.
	Itself bool
	// Undo: something of it can be taken back.
	Undo bool
	// Outcome is the code of what became of it; empty: nobody said. Asked: somebody
	// could.
	Outcome string
	Asked   bool
}

// lanes is how many lanes there can be.
const lanes = 16

// words are the few words that many cases share, each kept once.
type words struct {
	numbers map[string]word
	all     []string
}

// word is the number of one; 0 is the empty one.
type word uint32

func newWords() words { return words{map[string]word{"": 0}, []string{""}} }

func (w *words) number(s string) word {
	n, known := w.numbers[s]
	if !known {
		n = word(len(w.all))
		s = string([]byte(s)) // it may be part of something big
		w.all = append(w.all, s)
		w.numbers[s] = n
	}
	return n
}

// record is what the board keeps of a case.
type record struct {
	id                                        string
	made, opened, step, window, due, decided  int64 // as nanos has them
	platform, account, assignee, by, proposed word
	listed                                    listed
	lane, stands, did, outcome, tier          uint8
	low, itself, undo, asked, together        bool
	sampled, private                          bool
}

// The words of a record that are few and known.
var (
	stands = []respond.State{respond.Waiting, respond.Approved, respond.Sending, respond.Sent, respond.Failed, respond.Manual,
		respond.Withdrawn, respond.Dismissed, respond.Recorded}
	decisions = []string{"", "approved", "dismissed", "handled"}
	outcomes  = append([]string{""}, respond.Outcomes...)
)

// unsaid is the outcome, in a list, of what somebody could say it of.
const unsaid = 255

func index[S comparable](all []S, one S) uint8 { return uint8(max(0, slices.Index(all, one))) }

// read makes the record of a case, of which All's form is enough.
func (w *words) read(c *respond.Case) *record {
	decision, _ := lastDecision(c)
	r := &record{
		made: nanos(c.Comment.Created), opened: nanos(c.Opened), step: nanos(c.LastStep()), window: nanos(c.Comment.PrivateUntil),
		due: nanos(due(c)), decided: nanos(decision.At),
		platform: w.number(c.Comment.Platform), account: w.number(c.Comment.Account), assignee: w.number(c.Assignee), by: w.number(decision.By),
		listed: stateOf(c, decision.Do), lane: index(respond.Lanes, laneOf(c)), stands: index(stands, c.State()), did: index(decisions, decision.Do),
		low: c.Low, itself: byItself(c), undo: c.CanUndo(), asked: c.CanOutcome(), sampled: c.Lane == respond.LaneSample,
	}
	r.together = c.Alone() == ""
	if one, open := c.Proposed(); open {
		r.proposed = w.number(one.By)
	}
	if c.Outcome != nil {
		r.outcome = index(outcomes, c.Outcome.Code)
	}
	if r.made == 0 {
		r.made = r.opened
	}
	r.private, r.tier = respond.Plans[laneOf(c)].Private, tiers[laneOf(c)]
	return r
}

// laneOf is the case's lane; one that is not known here wants a person's look.
func laneOf(c *respond.Case) respond.Lane {
	if _, known := tiers[c.Lane]; !known {
		return respond.LaneLook
	}
	return c.Lane
}

// lastDecision is the last entry with which a person decided.
func lastDecision(c *respond.Case) (respond.Entry, bool) {
	for _, e := range slices.Backward(c.History) {
		if e.Decides() {
			return e, true
		}
	}
	return respond.Entry{}, false
}

// due is when the last of a case's approved actions goes out.
func due(c *respond.Case) (t time.Time) {
	for _, a := range c.Actions {
		if a.State == respond.Approved && a.Due.After(t) {
			t = a.Due
		}
	}
	return t
}

// byItself reports whether a public reply went out, or goes out, that nobody approved.
func byItself(c *respond.Case) bool {
	return slices.ContainsFunc(c.Actions, func(a respond.Action) bool {
		return a.Kind == ingest.Reply && a.By == respond.Machine && (a.State == respond.Sent || a.State == respond.Approved)
	})
}

// tiers are the order of the lanes: urgent ones first, each by itself; those in which
// a private message is offered and which call alike together, for there the clock
// decides.
var tiers = func() map[respond.Lane]uint8 {
	out, tier := map[respond.Lane]uint8{}, uint8(0)
	for i, l := range respond.Lanes {
		if i > 0 {
			before := respond.Plans[respond.Lanes[i-1]]
			if now := respond.Plans[l]; !now.Private || !before.Private || now.Loudness != before.Loudness {
				tier++
			}
		}
		out[l] = tier
	}
	return out
}()

// week is how long a comment is thought to want an answer where no window says so:
// as long as most windows are, so that age decides between the two.
const week = 7 * 24 * time.Hour

// rank is where a case stands: in the queue its tier, those that can wait last, then
// by when it is too late; what is settled by its last step.
func (r *record) rank() int64 {
	if r.listed != needs {
		return r.step
	}
	late := r.made + int64(week)
	if r.private && r.window != 0 {
		late = r.window
	}
	tier := int64(r.tier) << 1
	if r.low {
		tier++
	}
	return tier<<35 | max(0, late/int64(time.Second))&(1<<35-1)
}

func (r *record) entry() entry {
	e := entry{rank: r.rank(), made: r.made, platform: r.platform, account: r.account, assignee: r.assignee,
		lane: r.lane, outcome: r.outcome, record: r}
	if r.outcome == 0 && r.asked {
		e.outcome = unsaid
	}
	return e
}

// counts reports whether a decision on it is counted: not while it needs somebody
// again, and not one on the sample.
func (r *record) counts() bool { return r.did != 0 && r.listed != needs && !r.sampled }

func (b *Board) card(r *record) Card {
	w := b.words.all
	return Card{
		ID: r.id, Lane: respond.Lanes[r.lane], State: States[r.listed], Stands: stands[r.stands],
		Platform: w[r.platform], Account: w[r.account], Assignee: w[r.assignee], Low: r.low,
		Made: moment(r.made), Opened: moment(r.opened), Step: moment(r.step), Window: moment(r.window), Due: moment(r.due),
		By: w[r.by], At: moment(r.decided), Did: decisions[r.did], Proposed: w[r.proposed], Together: r.together, Itself: r.itself, Undo: r.undo,
		Outcome: outcomes[r.outcome], Asked: r.asked,
	}
}

// nanos is a time as a number; 0 is none.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func moment(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
