package queue

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/say"
)

// The store shows cases in their light form: every list must be the same as if
// it showed all of them.
func TestListsOfLightCases(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	at := func() time.Time { return now.Add(time.Duration(r.IntN(1000)-500) * time.Minute) }
	states := []respond.State{respond.Waiting, respond.Approved, respond.Sending, respond.Sent, respond.Failed, respond.Manual, respond.Withdrawn, respond.Dismissed, respond.Recorded}
	codes := []string{"opened", "revealed", "approved", "dismissed", "handled", "sent", "undone", "edited"}
	var whole, light []*respond.Case
	for i := range 3000 {
		c := respond.Case{Lane: respond.Lanes[r.IntN(len(respond.Lanes))], Opened: at(), Low: r.IntN(2) == 0,
			Comment: ingest.Comment{ID: fmt.Sprintf("c%d", i), Platform: "facebook", Account: fmt.Sprint("a", r.IntN(3)), Created: at(), PrivateUntil: at()}}
		for range r.IntN(3) {
			c.Actions = append(c.Actions, respond.Action{Kind: ingest.Reply, State: states[r.IntN(len(states))], Due: at(), By: "rita", Look: r.IntN(4) == 0,
				Unclear: r.IntN(4) == 0, Intent: &respond.Intent{Started: at()}})
		}
		for range r.IntN(6) {
			c.History = append(c.History, respond.Entry{At: at(), By: "rita", Do: codes[r.IntN(len(codes))]})
		}
		l := c.Light()
		whole, light = append(whole, &c), append(light, &l)
	}
	for _, state := range []string{stateNeeds, stateGoing, stateAnswered, stateDismissed} {
		show := func(cases []*respond.Case) string {
			p, w := pagesOf(frozen{all: cases}, now), say.In(say.English)
			s := p.survey(filter{State: state, Page: 1}, people.User{Name: "rita"})
			out := fmt.Sprint(s.counts, s.newest, s.lanes, s.accounts, s.decided(w), s.undo != nil && due(s.undo).After(now))
			for _, c := range s.list {
				before, after := s.beside(c.ID())
				out += fmt.Sprintln(p.row(c.Case, w), before, after)
			}
			return out
		}
		if got, want := show(light), show(whole); got != want || len(got) < 1000 {
			t.Errorf("state %q: the list of light cases differs, or nothing is in it (%d bytes)", state, len(got))
		}
	}
}
