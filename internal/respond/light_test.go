package respond_test

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

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

// seen is what those who go over all cases make of one.
func seen(c respond.Case) string {
	m := c.Comment
	out := fmt.Sprint(c.ID(), c.Key(), m.Platform, m.Account, m.Thread, m.Key(), m.Created, m.PrivateUntil, // fields that are looked at
		c.Lane, c.Opened, c.Placed(), c.Low, c.Assignee, c.Erased, c.Paused, outcome(c),
		c.State(), c.Open(), c.Settled(), c.LastStep(), c.CanUndo(), proposed(c), respond.Seen(c)) // and what is made of them
	for _, a := range c.Actions {
		started := time.Time{}
		if a.Intent != nil {
			started = a.Intent.Started
		}
		out += fmt.Sprint(a.State, a.Item, a.Due, a.Held, a.NeedsPerson(), started, c.Done(a.Kind))
	}
	for _, e := range slices.Backward(c.History) {
		if e.Decides() {
			return out + fmt.Sprint(e.At, e.By, e.Do)
		}
	}
	return out
}

func outcome(c respond.Case) string {
	if c.Outcome == nil {
		return ""
	}
	return c.Outcome.Code
}

func TestLightCaseLooksLikeTheWhole(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := desktest.Random{Rand: rand.New(rand.NewPCG(seed, 1))}
	for range 20_000 {
		c := r.Case()
		before, _ := json.Marshal(c)
		light := c.Light()
		if got, want := seen(light), seen(c); got != want {
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

// proposed is what lists tell of a proposal.
func proposed(c respond.Case) string {
	p, ok := c.Proposed()
	if !ok {
		return ""
	}
	return p.By + p.At.String()
}

func unpack(data []byte, n int) ([]*respond.Case, error) {
	light := make([]*respond.Case, n)
	for i := range light {
		light[i] = &respond.Case{}
	}
	return light, respond.Case{}.Unpack(data, light)
}

func TestPackedCasesAreTheSame(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := desktest.Random{Rand: rand.New(rand.NewPCG(seed, 1))}
	var light []*respond.Case
	for range 2000 {
		c := r.Case().Light()
		light = append(light, &c)
	}
	packed := respond.Case{}.Pack(light)
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
	few := respond.Case{}.Pack(light[:20])
	for n := range few {
		if _, err := unpack(few[:n], 20); err == nil {
			t.Fatalf("the first %d of %d bytes are taken for all", n, len(few))
		}
		broken := slices.Clone(few)
		broken[n] ^= byte(1 + r.IntN(255))
		_, _ = unpack(broken, 20) // whatever it is, it is survived
	}
}

// What Light keeps is saved. Whoever changes that, or how, raises respond.LightForm, or
// what an earlier version saved would be taken for it; and then mends this test.
func TestLightForm(t *testing.T) {
	at := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	c := respond.Case{
		Comment: ingest.Comment{ID: "i", Version: "v", Edit: 1, Platform: "facebook", Account: "a", Thread: "t", Parent: "p", Created: at, Seen: at, PrivateUntil: at,
			Content: ingest.Content{Text: "words"}},
		Lane: respond.LaneClear, Opened: at, Entered: at, Low: true, Assignee: "priya", Erased: "request", Paused: at, Suggestion: &respond.Suggestion{Text: "x"}, Noted: 4, Revision: 3,
		Actions: []respond.Action{{Kind: ingest.Reply, State: respond.Sent, Text: "k", Reason: "r", By: "dana", Approved: at, Due: at, Held: "h", Looks: 1, Item: "o", Unclear: true,
			Look: true, Why: "w", Code: "c", Done: at, Intent: &respond.Intent{Attempt: 1, Started: at, Before: []string{"b"}}}},
		History: []respond.Entry{{Do: "opened"}, {Do: "dismissed"}, {N: 2, At: at, By: "dana", Do: "approved", Note: "reply"}, {N: 3, At: at, By: respond.Machine, Do: "sent"}, {Do: respond.Revealed}},
	}
	light := respond.Case{
		Comment: ingest.Comment{ID: "i", Version: "v", Platform: "facebook", Account: "a", Thread: "t", Created: at, PrivateUntil: at},
		Lane:    respond.LaneClear, Opened: at, Entered: at, Low: true, Assignee: "priya", Erased: "request", Paused: at, Partial: true,
		Actions: []respond.Action{{Kind: ingest.Reply, State: respond.Sent, By: "dana", Approved: at, Due: at, Held: "h", Item: "o", Unclear: true, Look: true, Intent: &respond.Intent{Started: at}}},
		History: []respond.Entry{{At: at, By: "dana", Do: "approved"}, {At: at, By: respond.Machine, Do: "sent"}},
	}
	got := c.Light()
	if !reflect.DeepEqual(got, light) {
		t.Errorf("a light case is\n%+v, want\n%+v", got, light)
	}
	sum := sha256.Sum256(respond.Case{}.Pack([]*respond.Case{&got}))
	if respond.LightForm != 5 || hex.EncodeToString(sum[:8]) != "5dd3dabad7e40767" {
		t.Errorf("form %d is packed as %x", respond.LightForm, sum[:8])
	}
}
