package send

import (
	"math/rand/v2"
	"testing"
	"time"

	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

// The sender looks for what is due among the light forms of the cases.
func TestLightCaseIsDueLikeTheWhole(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := desktest.Random{Rand: rand.New(rand.NewPCG(seed, 1))}
	s := &Sender{Desk: &respond.Desk{Rules: func() respond.Rules {
		return respond.Rules{ReadBack: time.Minute, Since: time.Date(2026, 5, 9, 0, 0, 0, 0, time.UTC)}
	}}}
	for range 20_000 {
		c := r.Case()
		light := c.Light()
		i, at := s.next(&c)
		if j, then := s.next(&light); i != j || !at.Equal(then) {
			t.Fatalf("action %d is due at %v, in the light form %d at %v: %+v", i, at, j, then, c)
		}
	}
}
