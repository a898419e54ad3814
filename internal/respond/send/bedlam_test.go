package send

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

// happening is something that may happen, and how often.
type happening struct {
	name  string
	often int
	do    func(b *bedlam, id string, r *rand.Rand)
}

// decisions are those of people, who may come in between.
var decisions = []happening{
	{"undo", 3, func(b *bedlam, id string, _ *rand.Rand) { _, _ = b.Undo(context.Background(), id, "priya") }},
	{"dismiss", 1, func(b *bedlam, id string, _ *rand.Rand) {
		_, _ = b.Dismiss(context.Background(), respond.Decision{Case: id, By: "marta"})
	}},
	{"handle", 3, func(b *bedlam, id string, _ *rand.Rand) {
		_, _ = b.Handle(context.Background(), respond.Decision{Case: id, By: "otto"})
	}},
	{"assign", 1, func(b *bedlam, id string, r *rand.Rand) {
		_, _ = b.Assign(context.Background(), id, []string{"", "marta", "priya"}[r.IntN(3)], "otto")
	}},
	{"note", 1, func(b *bedlam, id string, _ *rand.Rand) {
		_, _ = b.AddNote(context.Background(), id, "Please look.", "otto")
	}},
	{"propose", 2, (*bedlam).propose},
	{"confirm", 3, func(b *bedlam, id string, r *rand.Rand) {
		b.Wait(time.Duration(1 + r.IntN(999_999)))
		_, _ = b.Confirm(context.Background(), id, b.Get(id).Step(), []string{"otto", "dana"}[r.IntN(2)])
	}},
	{"withdraw", 1, func(b *bedlam, id string, _ *rand.Rand) { _, _ = b.Withdraw(context.Background(), id, "dana") }},
	{"dismiss all", 1, func(b *bedlam, id string, _ *rand.Rand) {
		b.DismissAll(context.Background(), []respond.Decision{{Case: id, By: "marta"}})
	}},
	{"undo all", 1, func(b *bedlam, id string, _ *rand.Rand) { b.UndoAll(context.Background(), []string{id}, "marta") }},
	{"by hand", 1, (*bedlam).own},
	{"edit", 2, (*bedlam).edit},
	{"delete", 1, func(b *bedlam, id string, _ *rand.Rand) { delete(b.Plat.Seen, b.items[id]) }},
	{"hidden", 1, func(b *bedlam, id string, _ *rand.Rand) {
		if o := b.Plat.Seen[b.items[id]]; o != nil {
			o.Hidden, b.byHand[id] = true, true
		}
	}},
	{"erase", 1, func(b *bedlam, id string, r *rand.Rand) {
		b.Gone[id] = true
		_ = b.Erase(context.Background(), respond.Erasure{Comment: id, By: "otto", Why: []string{respond.WhyRequest, respond.WhyAuthor}[r.IntN(2)]})
	}},
}

// events are all that may happen.
var events = append([]happening{
	{"step", 12, func(b *bedlam, _ string, _ *rand.Rand) { b.sender.Step(context.Background()) }},
	{"wait", 12, func(b *bedlam, _ string, r *rand.Rand) { b.Wait(time.Duration(r.IntN(240)) * time.Second) }},
	{"approve", 10, (*bedlam).approve},
	{"crash", 6, (*bedlam).crash},
	{"race", 14, (*bedlam).race},
	{"answers", 12, (*bedlam).answers},
	{"late", 8, func(b *bedlam, _ string, _ *rand.Rand) { b.Plat.Arrive() }},
	{"posting", 2, (*bedlam).posting},
	{"caps", 1, func(b *bedlam, _ string, r *rand.Rand) { b.Live.DailyCap, b.Live.ThreadCap = 2+r.IntN(9), r.IntN(4) }},
	{"clock", 1, func(b *bedlam, _ string, r *rand.Rand) { b.Wait(time.Duration(r.IntN(96)-48) * time.Hour) }},
}, decisions...)

// bedlam is a desk, its platform and its sender, to which anything may happen.
type bedlam struct {
	*world
	items  map[string]string // by case
	byHand map[string]bool   // cases on which something was done on the platform itself
	last   map[string]respond.Case
	out    []time.Time // when something really happened on the platform
	broken error
}

func newBedlam(t *testing.T) *bedlam {
	b := &bedlam{world: newWorld(t), items: map[string]string{}, byHand: map[string]bool{}, last: map[string]respond.Case{}}
	b.Live.ReadBack, b.Live.DailyCap, b.Live.FourEyes = time.Minute, 10, true
	b.Live.Quiet, _ = respond.ParseHours("22:00-07:00", time.UTC)
	for i, lane := range []respond.Lane{respond.LaneClear, respond.LaneUrgent, respond.LaneIdentifier, respond.LanePossible} {
		item := fmt.Sprint("c", i)
		b.Posts[item] = "post"
		b.items[b.openIn(lane, item)] = item
	}
	b.Stored.Updating = func(c respond.Case) { b.look(c, true) }
	b.look(respond.Case{}, false)
	return b
}

// look holds every case against the laws, and one as it is about to be stored.
func (b *bedlam) look(next respond.Case, storing bool) {
	happened := 0
	for _, n := range b.Plat.Effects {
		happened += n
	}
	for range happened - len(b.out) {
		b.out = append(b.out, b.Clock)
	}
	for id := range b.items {
		c, err := b.Stored.Get(context.Background(), id)
		if err != nil {
			b.broken = errors.Join(b.broken, err)
			continue
		}
		now := c
		if storing && next.ID() == id && next.Revision == c.Revision {
			c = next
		} else if was, known := b.last[id]; known {
			now = was
		}
		if err := b.hold(c, now); err != nil && b.broken == nil {
			b.broken = err
		}
		b.last[id] = c
	}
}

func (b *bedlam) approve(id string, r *rand.Rand) {
	dec := respond.Decision{Case: id, By: "marta"}
	b.Wait(time.Duration(1 + r.IntN(999_999))) // no two at the same moment
	what := 1 + r.IntN(7)
	if what&1 > 0 {
		dec.Reply = desktest.Safe
	}
	if what&2 > 0 {
		dec.Private = desktest.Safe
	}
	if what&4 > 0 {
		dec.Hide = "identifier"
	}
	_, _ = b.Approve(context.Background(), dec)
}

// unsafe is what the gate refuses.
const unsafe = "We hope your surgery went well. Please call us."

// propose lets one of two officers want out what the gate refuses.
func (b *bedlam) propose(id string, r *rand.Rand) {
	dec := respond.Decision{Case: id, By: []string{"otto", "dana"}[r.IntN(2)], Override: "consent", Note: "She agreed in writing."}
	b.Wait(time.Duration(1 + r.IntN(999_999)))
	what := 1 + r.IntN(3)
	if what&1 > 0 {
		dec.Reply = unsafe
	}
	if what&2 > 0 {
		dec.Private = unsafe
	}
	_, _ = b.Approve(context.Background(), dec)
}

// crash lets the sender die at one of its calls or changes, and another begin.
func (b *bedlam) crash(_ string, r *rand.Rand) {
	left := r.IntN(6)
	die := func() {
		if left--; left == 0 {
			runtime.Goexit() // of the sender's goroutine
		}
	}
	late := r.IntN(2) == 0 // after what it was at
	b.Stored.Updating = func(c respond.Case) { die(); b.look(c, true) }
	b.Plat.Looked, b.Plat.Acting = die, func(ingest.Action) { die() }
	if was := b.Plat.Answer; late {
		b.Plat.Answer = func(a ingest.Action) ingest.Outcome {
			if left == 1 { // it is done, and nobody hears of it
				b.Plat.Store = true
				return ingest.Outcome{Result: ingest.Unclear}
			}
			if was != nil {
				return was(a)
			}
			return ingest.Outcome{Result: ingest.Done}
		}
	}
	b.sender.Step(context.Background())
	b.calm()
	b.another()
}

// calm takes back what was set for one event.
func (b *bedlam) calm() {
	b.Stored.Updating = func(c respond.Case) { b.look(c, true) }
	b.Plat.Looked, b.Plat.Acting, b.Plat.Answer, b.Plat.Store, b.Plat.Deaf, b.Plat.Late = nil, nil, nil, false, false, false
}

func (b *bedlam) another() {
	b.sender = &Sender{Desk: b.Desk, Log: zap.NewNop()}
	b.sender.recall()
}

// race lets another sender step in whatever the first is at, once.
func (b *bedlam) race(id string, r *rand.Rand) {
	other, left, inside := &Sender{Desk: b.Desk, Log: zap.NewNop()}, r.IntN(5), false
	cut := func() {
		if left--; left == 0 && !inside {
			inside = true
			b.Wait(time.Duration(r.IntN(120)) * time.Second)
			if r.IntN(2) == 0 {
				other.Step(context.Background())
			}
			if r.IntN(2) == 0 { // and somebody decides
				decisions[r.IntN(len(decisions))].do(b, id, r)
			}
			inside = false
		}
	}
	b.Stored.Updating = func(c respond.Case) { cut(); b.look(c, true) }
	b.Plat.Looked = func() {
		if cut(); r.IntN(8) == 0 {
			b.posting("", r)
		}
	}
	b.Plat.Acting = func(a ingest.Action) {
		for of, item := range b.items {
			if item == a.Item {
				id = of
			}
		}
		cut()
	}
	if r.IntN(2) == 0 {
		b.Plat.Answer = desktest.Always(outcomes[r.IntN(len(outcomes))])
	}
	b.sender.Step(context.Background())
	b.calm()
}

// outcomes are what a platform says that does not simply do it.
var outcomes = []ingest.Outcome{{Result: ingest.Refused, Why: "no"}, {Result: ingest.Later, After: time.Minute, Why: "later"}, {Result: ingest.Unclear}, {Result: ingest.Unclear},
	{Result: ingest.Later, StopPosting: true, Why: "stop", After: time.Hour}, {Result: ingest.Refused, StopPosting: true, Why: "dead"}}

// answers lets the platform say something else to what is due.
func (b *bedlam) answers(_ string, r *rand.Rand) {
	b.Plat.Answer, b.Plat.Store = desktest.Always(outcomes[r.IntN(len(outcomes))]), r.IntN(2) == 0
	b.Plat.Deaf, b.Plat.Late = r.IntN(6) == 0, r.IntN(2) == 0
	b.sender.Step(context.Background())
	b.calm()
}

// posting is switched off, or on again.
func (b *bedlam) posting(_ string, r *rand.Rand) {
	if was := b.Live.Shadow; was || r.IntN(3) == 0 {
		b.Live.Shadow, b.Live.Since = !was, b.Clock
	}
}

func (b *bedlam) edit(id string, r *rand.Rand) {
	if b.Plat.Seen[b.items[id]] == nil {
		return
	}
	v := desktest.Clear(b.Comment(b.items[id], fmt.Sprintf("%s, edited %d", desktest.Said, r.IntN(100))))
	if r.IntN(3) == 0 {
		v.Judgement = classify.Judgement{Judged: true}
	}
	if r.IntN(3) > 0 { // else it is not seen yet
		_ = b.Take(context.Background(), []classify.Verdict{v})
	}
}

// own is an answer that somebody of the practice typed on the platform.
func (b *bedlam) own(id string, r *rand.Rand) {
	o := b.Plat.Seen[b.items[id]]
	if o == nil {
		return
	}
	item := fmt.Sprint("own", r.IntN(1000))
	o.Own, b.byHand[id] = append(o.Own, ingest.OwnReply{Item: item, Text: "Please call us."}), true
	if r.IntN(2) == 0 {
		_ = b.Take(context.Background(), []classify.Verdict{{Comment: b.Own(item, b.items[id], "Please call us.")}})
	}
}

// end lets everything come to its end: nothing is left that nobody works on.
func (b *bedlam) end() error {
	b.Live.Shadow, b.Live.DailyCap = false, 50
	for id := range b.items { // the clock is right again, however far it was set back
		for _, a := range b.Get(id).Actions {
			b.Clock = later(b.Clock, a.Due)
		}
	}
	for range 60 {
		b.Wait(2 * time.Hour)
		b.sender.Step(context.Background())
		if b.look(respond.Case{}, false); b.broken != nil {
			return fmt.Errorf("at the end: %w", b.broken)
		}
	}
	for id := range b.items {
		if c := b.Get(id); c.State() == respond.Approved || c.State() == respond.Sending {
			return fmt.Errorf("at the end it is %s: %+v", c.State(), c.Actions)
		}
	}
	return nil
}
