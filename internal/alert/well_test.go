package alert

import (
	"context"
	"slices"
	"testing"
	"time"

	"triage/internal/alert/roster"
)

// The heartbeat fails while nobody can be called, also while more and more comes.
func TestHeartbeatInAStorm(t *testing.T) {
	inBubble(t, func(w *world) {
		var beats []bool
		w.Beat = func(_ context.Context, well bool) error { beats = append(beats, well); return nil }
		w.phones["sms"].does(refuses)
		w.start()
		for n := range 60 {
			w.sees(urgent(n + 1))
			w.passes(44 * time.Second)
		}
		if !slices.Contains(beats, false) {
			t.Errorf("in 45 minutes nobody could be called, and all %d beats say that all is well", len(beats))
		}
	}, "dana")
}

// And while only a mailbox takes what should wake somebody.
func TestHeartbeatWhileNobodyCanBeCalled(t *testing.T) {
	inBubble(t, func(w *world) {
		var beats []bool
		w.Beat = func(_ context.Context, well bool) error { beats = append(beats, well); return nil }
		w.duty.Base.Team = []roster.Line{{Channel: "mail"}}
		w.channel("mail", false)
		w.phones["sms"].does(refuses)
		w.start()
		w.sees(urgent(1))
		w.passes(45 * time.Minute)
		if !slices.Contains(beats, false) {
			t.Errorf("no person's line took it in 45 minutes, and all %d beats say that people can be called", len(beats))
		}
	}, "dana", "lee")
}

type pasts struct{ pasts []Past }

func (h *pasts) Keep(_ context.Context, p Past) error { h.pasts = append(h.pasts, p); return nil }

// What was hidden all the time was told to nobody, and the reports say so.
func TestHiddenStaysHidden(t *testing.T) {
	inBubble(t, func(w *world) {
		h := &pasts{}
		w.Pager.History = h
		w.start()
		w.sees(alertOf("bus/health", Page), alertOf("judging/stuck", Page))
		w.passes(time.Minute)
		w.sees() // both end with the cause
		w.passes(time.Minute)
		for _, p := range h.pasts {
			if p.Alert.Key == "judging/stuck" && !p.Hidden {
				t.Error("judging/stuck was hidden and told to nobody, and goes to the reports as an alert of its own")
			}
		}
		if len(h.pasts) != 2 || len(w.heardOf("judging")) != 0 {
			t.Errorf("pasts %d, told %v", len(h.pasts), w.heardOf("judging"))
		}
	}, "dana")
}

// A cause that is not seen for one look has not passed: its effects are not told.
func TestCauseHidesWhileItIsCalm(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		bus := alertOf("bus/health", Page)
		bus.Calm = time.Minute
		effects := []Alert{alertOf("judging/stuck", Page), alertOf("auditing/stuck", Page)}
		w.sees(append(effects, bus)...)
		w.acknowledge(bus.Key, "dana")
		w.forgets()
		w.sees(effects...)
		w.sees(append(effects, bus)...)
		w.passes(time.Minute)
		if got := w.heardOf("stuck"); len(got) > 0 {
			t.Errorf("told %v", got)
		}
	}, "dana")
}

// A pager that leaves stores nothing over what the next one knows.
func TestHandoverOverwritesNothing(t *testing.T) {
	inBubble(t, func(w *world) {
		hung, first := make(chan struct{}), true
		w.phones["sms"].does(func(context.Context, Notice) error {
			if first {
				first = false
				<-hung
			}
			return nil
		})
		w.start()
		w.sees(urgent(1))
		go w.stop()
		w.passes(time.Second)
		w.start()
		w.passes(time.Second)
		w.acknowledge("cases/urgent/cedar", "dana")
		w.sees(urgent(2)) // a second round
		close(hung)
		w.passes(time.Second)
		if s := w.standing("cases/urgent/cedar"); s.Round != 1 || s.Ack != nil {
			t.Errorf("the desk shows round %d as acknowledged by %v, and in round 1 people are called", s.Round, s.Ack)
		}
	}, "dana")
}

// What is remembered and what stands are one, also after the store was lost.
func TestLostStoreIsFilledAgain(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.Team = []roster.Line{{Channel: "mail"}}
		w.channel("mail", false)
		w.start()
		w.sees(clearAlert(1))
		w.told.mu.Lock()
		clear(w.told.all)
		w.told.mu.Unlock()
		w.passes(5 * time.Minute)
		if len(w.duty.Standing()) == 0 {
			t.Error("the desk says that nothing is wrong")
		}
	})
}

// Odd configurations bring nothing down, and the heartbeat says that nobody can be called.
func TestOddPlans(t *testing.T) {
	turn, _ := roster.ParseTurn("1w")
	for name, odd := range map[string]func(p *roster.Plan){
		"nobody":          func(p *roster.Plan) { p.People, p.Steps = nil, nil },
		"steps of nobody": func(p *roster.Plan) { p.Steps = []roster.Step{{}, {}} },
		"empty rotation":  func(p *roster.Plan) { p.Rotations = []roster.Rotation{{Name: "r"}}; p.Steps = nil },
		"rotation of none": func(p *roster.Plan) {
			p.Rotations = []roster.Rotation{{Name: "r", People: []string{"x"}, Turn: turn, Start: time.Now()}}
			p.Steps = nil
		},
		"no lines":        func(p *roster.Plan) { p.People[0].Lines = nil },
		"unknown channel": func(p *roster.Plan) { p.People[0].Lines = []roster.Line{{Channel: "fax"}} },
		"no waits": func(p *roster.Plan) {
			p.Steps = []roster.Step{{People: []string{"dana"}}, {People: []string{"dana"}}, {Everybody: true}}
		},
		"only later": func(p *roster.Plan) { p.People[0].Lines[0].After = time.Hour },
		"no zone":    func(p *roster.Plan) { p.Zone = nil },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(w *world) {
				var beats []bool
				w.Beat = func(_ context.Context, well bool) error { beats = append(beats, well); return nil }
				odd(&w.duty.Base)
				w.start()
				w.sees(urgent(1), clearAlert(1))
				w.passes(time.Hour)
				if len(w.heardOf("urgent")) == 0 && !slices.Contains(beats, false) {
					t.Errorf("nobody was told of an urgent case, and %d beats say that all is well", len(beats))
				}
				w.sees()
				w.passes(time.Hour)
			}, "dana")
		})
	}
}
