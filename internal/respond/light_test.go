package respond

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
)

// random makes cases of every kind, likely or not.
type random struct{ *rand.Rand }

func pick[T any](r random, from ...T) T { return from[r.IntN(len(from))] }

func (r random) time() time.Time {
	return pick(r, time.Time{}, time.Date(2026, 5, 1+r.IntN(28), r.IntN(24), r.IntN(60), 0, r.IntN(1e9), time.UTC))
}

func (r random) action() Action {
	a := Action{
		Kind:  pick(r, ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown),
		State: pick(r, Waiting, Approved, Sending, Sent, Failed, Manual, Withdrawn, Dismissed, Recorded),
		Text:  "key", Reason: "identifier", By: pick(r, "", "dana"), Approved: r.time(), Due: r.time(), Looks: r.IntN(3),
		Item: pick(r, "", "our-item"), Unclear: r.IntN(3) == 0, Look: r.IntN(3) == 0, Why: "why", Code: "400", Done: r.time(),
	}
	if a.State == Sending || r.IntN(2) == 0 {
		a.Intent = &Intent{Attempt: 1, Started: r.time(), Before: []string{"a", "b"}}
	}
	return a
}

func (r random) of() Case {
	c := Case{
		Comment: ingest.Comment{ID: "id", Version: pick(r, "", "v"), Edit: 2, Platform: "facebook", Account: pick(r, "a", "b"), Thread: "thread",
			Parent: "parent", Created: r.time(), Seen: r.time(), CanHide: true, PrivateUntil: r.time(), Content: ingest.Content{Text: "words"}},
		Judgement: classify.Judgement{Judged: true, Reasons: []classify.Reason{{Start: 1, End: 2}}},
		Lane:      pick(r, Lanes...), Opened: r.time(), Low: r.IntN(2) == 0, Erased: pick(r, "", "", WhyRetention, WhyRequest), Paused: r.time(),
		Suggestion: &Suggestion{Text: "Thank you."}, Noted: 9, Revision: 7,
	}
	for range r.IntN(4) {
		c.Actions = append(c.Actions, r.action())
	}
	for range r.IntN(7) {
		c.History = append(c.History, Entry{N: 1, At: r.time(), By: pick(r, "dana", Machine), Note: "note",
			Do: pick(r, "opened", Revealed, "approved", "dismissed", "handled", "sending", "sent", "undone", "edited", "erased")})
	}
	return c
}

// seen is what those who go over all cases make of one.
func seen(c Case, s *Sender) string {
	m := c.Comment
	i, at := s.next(&c)
	out := fmt.Sprint(c.ID(), c.Key(), m.Platform, m.Account, m.Thread, m.Key(), m.Created, m.PrivateUntil, // fields that are looked at
		c.Lane, c.Opened, c.Low, c.Erased, c.Paused,
		c.State(), c.Open(), c.Settled(), c.LastStep(), c.CanUndo(), c.acted(), c.pressing(), c.scrubbed(), i, at) // and what is made of them
	for _, a := range c.Actions {
		started := time.Time{}
		if a.Intent != nil {
			started = a.Intent.Started
		}
		out += fmt.Sprint(a.State, a.Item, a.Due, a.NeedsPerson(), started, c.Done(a.Kind), s.Desk.Rules().off(a))
	}
	for _, e := range slices.Backward(c.History) {
		if e.Decides() {
			return out + fmt.Sprint(e.At, e.By, e.Do)
		}
	}
	return out
}

func TestLightCaseLooksLikeTheWhole(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := random{rand.New(rand.NewPCG(seed, 1))}
	s := &Sender{Desk: &Desk{Rules: func() Rules { return Rules{ReadBack: time.Minute, Since: time.Date(2026, 5, 9, 0, 0, 0, 0, time.UTC)} }}}
	for range 20_000 {
		c := r.of()
		before, _ := json.Marshal(c)
		light := c.Light()
		if got, want := seen(light, s), seen(c, s); got != want {
			t.Fatalf("a light case is seen as\n%s\nwant\n%s", got, want)
		}
		if again := light.Light(); !reflect.DeepEqual(again, light) {
			t.Fatalf("made light twice: %+v, want %+v", again, light)
		}
		if after, _ := json.Marshal(c); string(after) != string(before) {
			t.Fatal("making it light changed the case")
		}
	}
}

func unpack(data []byte, n int) ([]*Case, error) {
	light := make([]*Case, n)
	for i := range light {
		light[i] = &Case{}
	}
	return light, Case{}.Unpack(data, light)
}

func TestPackedCasesAreTheSame(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := random{rand.New(rand.NewPCG(seed, 1))}
	var light []*Case
	for range 2000 {
		c := r.of().Light()
		light = append(light, &c)
	}
	packed := Case{}.Pack(light)
	got, err := unpack(packed, len(light))
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], light[i]) {
			t.Fatalf("unpacked\n%+v, want\n%+v", got[i], light[i])
		}
	}
	if _, err := unpack(packed, len(light)-1); err == nil {
		t.Error("fewer are wanted than there are, and that is no error")
	}
	few := Case{}.Pack(light[:20])
	for n := range few {
		if _, err := unpack(few[:n], 20); err == nil {
			t.Fatalf("the first %d of %d bytes are taken for all", n, len(few))
		}
		broken := slices.Clone(few)
		broken[n] ^= byte(1 + r.IntN(255))
		_, _ = unpack(broken, 20) // whatever it is, it is survived
	}
}

// What Light keeps is saved. Whoever changes that, or how, raises lightForm, or
// what an earlier version saved would be taken for it; and then mends this test.
func TestLightForm(t *testing.T) {
	at := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	c := Case{
		Comment: ingest.Comment{ID: "i", Version: "v", Edit: 1, Platform: "facebook", Account: "a", Thread: "t", Parent: "p", Created: at, Seen: at, PrivateUntil: at,
			Content: ingest.Content{Text: "words"}},
		Lane: LaneClear, Opened: at, Low: true, Erased: "request", Paused: at, Suggestion: &Suggestion{Text: "x"}, Noted: 4, Revision: 3,
		Actions: []Action{{Kind: ingest.Reply, State: Sent, Text: "k", Reason: "r", By: "dana", Approved: at, Due: at, Looks: 1, Item: "o", Unclear: true,
			Look: true, Why: "w", Code: "c", Done: at, Intent: &Intent{Attempt: 1, Started: at, Before: []string{"b"}}}},
		History: []Entry{{Do: "opened"}, {Do: "dismissed"}, {N: 2, At: at, By: "dana", Do: "approved", Note: "reply"}, {N: 3, At: at, By: Machine, Do: "sent"}, {Do: Revealed}},
	}
	light := Case{
		Comment: ingest.Comment{ID: "i", Version: "v", Platform: "facebook", Account: "a", Thread: "t", Created: at, PrivateUntil: at},
		Lane:    LaneClear, Opened: at, Low: true, Erased: "request", Paused: at, Partial: true,
		Actions: []Action{{Kind: ingest.Reply, State: Sent, By: "dana", Approved: at, Due: at, Item: "o", Unclear: true, Look: true, Intent: &Intent{Started: at}}},
		History: []Entry{{At: at, By: "dana", Do: "approved"}, {At: at, By: Machine, Do: "sent"}},
	}
	got := c.Light()
	if !reflect.DeepEqual(got, light) {
		t.Errorf("a light case is\n%+v, want\n%+v", got, light)
	}
	sum := sha256.Sum256(Case{}.Pack([]*Case{&got}))
	if lightForm != 1 || hex.EncodeToString(sum[:8]) != "12d769aee4d02dd0" {
		t.Errorf("form %d is packed as %x", lightForm, sum[:8])
	}
}
