package send

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"triage/internal/respond"
)

// event is something that happens; n decides how.
type event struct {
	name string
	n    uint64
}

// live lets the events happen, and gives the first that broke a law.
func live(t *testing.T, all []event) error {
	b := newBedlam(t)
	ids := []string{}
	for c := range b.Stored.All() {
		ids = append(ids, c.ID())
	}
	for i, e := range all {
		r := rand.New(rand.NewPCG(e.n, 0))
		k := slices.IndexFunc(events, func(h happening) bool { return h.name == e.name })
		events[k].do(b, ids[r.IntN(len(ids))], r)
		if b.look(respond.Case{}, false); b.broken != nil {
			return fmt.Errorf("event %d, %s: %w", i, e.name, b.broken)
		}
	}
	return b.end()
}

// TestLaws lets anything happen in any order. A sequence that breaks a law is made
// as short as it gets and told; TRIAGE_SEED repeats one.
func TestLaws(t *testing.T) {
	times := 1500
	if os.Getenv("TRIAGE_LONG") != "" {
		times = 40_000
	}
	for range times {
		seed := rand.Uint64()
		if s := os.Getenv("TRIAGE_SEED"); s != "" {
			seed, _ = strconv.ParseUint(s, 10, 64)
		}
		all := sequence(seed)
		if err := live(t, all); err != nil {
			short := shrink(t, all)
			t.Fatalf("seed %d: %v\nthe shortest: %v\n%s", seed, err, live(t, short), tell(short))
		}
	}
}

func sequence(seed uint64) (all []event) {
	r := rand.New(rand.NewPCG(seed, 7))
	var bag []string
	for _, e := range events {
		bag = append(bag, slices.Repeat([]string{e.name}, e.often)...)
	}
	for range 10 + r.IntN(60) {
		all = append(all, event{bag[r.IntN(len(bag))], r.Uint64()})
	}
	return all
}

// shrink leaves out what is not needed to break a law.
func shrink(t *testing.T, all []event) []event {
	for again := true; again; {
		again = false
		for i := range all {
			if less := slices.Delete(slices.Clone(all), i, i+1); live(t, less) != nil {
				all, again = less, true
				break
			}
		}
	}
	return all
}

func tell(all []event) string {
	var b strings.Builder
	for _, e := range all {
		fmt.Fprintf(&b, "  %s %d\n", e.name, e.n)
	}
	return b.String()
}
