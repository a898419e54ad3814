package alert

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/alert/roster"
)

// Whatever fails and whatever people do, in random order: who is called about something
// hears it while any of her lines works, nobody hears more than the cap allows, nobody who
// was told is left without hearing that it is over, and nothing is left behind.
func TestLawsOfCalling(t *testing.T) {
	for seed := range uint64(150) {
		inBubble(t, func(w *world) {
			r := rand.New(rand.NewPCG(seed, 8))
			w.duty.Base.People[0].Lines = []roster.Line{{Channel: "push", To: "dana"}, {Channel: "sms", To: "dana"}, {Channel: "voice", To: "dana", After: 4 * time.Minute}}
			w.duty.Base.People[1].Lines = []roster.Line{{Channel: "sms", To: "lee"}, {Channel: "pd"}}
			w.duty.Base.Team = []roster.Line{{Channel: "mail", To: "team"}}
			for _, name := range []string{"push", "voice", "mail"} {
				w.channel(name, false)
			}
			w.channel("pd", true)
			w.start()
			steps, longest := 40, 20*time.Minute
			if seed%2 == 0 { // everything at once
				steps, longest = 150, 20*time.Second
			}
			for range steps {
				w.something(r, seed%2 == 0)
				w.passes(time.Duration(r.Int64N(int64(longest))))
				w.unheardOf(seed)
			}
			for _, p := range w.phones {
				p.does(nil)
			}
			w.told.fills(false)
			if w.stop == nil {
				w.start()
			}
			w.passes(time.Hour)
			w.delivered(seed)
			w.check.sees()
			w.passes(time.Hour) // whatever failed before is tried again by then
			w.lawful(seed)
		}, "dana", "lee")
		if t.Failed() {
			return
		}
	}
}

// something happens.
func (w *world) something(r *rand.Rand, storm bool) {
	names := []string{"sms", "push", "voice", "mail", "pd"}
	phone := w.phones[names[r.IntN(len(names))]]
	kinds := 12
	if storm { // a restart forgets what it told about troubles that are over
		kinds = 11
	}
	switch r.IntN(kinds) {
	case 0, 1, 2:
		w.sees(urgent(1 + r.IntN(5)))
	case 3:
		all := []Alert{urgent(1 + r.IntN(5)), clearAlert(1 + r.IntN(5))}
		for i := range r.IntN(12) {
			more := urgent(1 + r.IntN(3))
			more.Key = fmt.Sprintf("cases/urgent/acct%02d", i)
			all = append(all, more)
		}
		w.sees(all...)
	case 4:
		w.sees()
	case 5:
		w.sees(clearAlert(1))
	case 6:
		phone.does(refuses)
	case 7:
		phone.does([]func(context.Context, Notice) error{hangs, slow}[r.IntN(2)])
	case 8:
		phone.does(nil)
	case 9:
		if standing := w.duty.Standing(); len(standing) > 0 {
			w.acknowledge(standing[0].Alert.Key, []string{"dana", "lee", "max", "PagerDuty"}[r.IntN(4)])
		}
	case 11:
		w.stop()
		w.passes(time.Duration(r.IntN(300)) * time.Second)
		w.start()
	case 10:
		later := time.Duration(r.IntN(600)) * time.Second
		phone.does(func(context.Context, Notice) error { return &Failure{Why: "later", After: later} })
	}
}

// slow takes it after a while.
func slow(context.Context, Notice) error { time.Sleep(9 * time.Second); return nil }

// unheardOf fails if something has paged for a while, somebody who is called could be
// reached all the time, and nobody was.
func (w *world) unheardOf(seed uint64) {
	for _, s := range w.duty.Calling() {
		if time.Since(s.Stepped) < 11*time.Minute && s.Step == 0 || time.Since(s.Began) < 20*time.Minute {
			continue
		}
		reached := false
		for _, h := range s.Lines {
			reached = reached || h.in(s.Round)
		}
		works := w.phones["sms"].well() && w.phones["mail"].well() && w.phones["pd"].well() && w.phones["push"].well()
		if works && !reached {
			w.t.Errorf("seed %d: %s pages since %v, and nobody was told: %+v", seed, s.Alert.Key, time.Since(s.Began), s.Told)
		}
	}
}

// delivered fails if, an hour after everything works again, somebody was not told of all
// that there is.
func (w *world) delivered(seed uint64) {
	for _, s := range w.duty.Calling() {
		told := false
		for _, h := range s.Lines {
			told = told || h.in(s.Round) && !grew(s.Alert, h.Latest, h.Count)
		}
		if !told {
			w.t.Errorf("seed %d: nobody was told of all of %s: %+v", seed, s.Alert.Key, s.Told)
		}
	}
}

// lawful looks at everything that was told.
func (w *world) lawful(seed uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	last, times := map[string]Change{}, map[string][]time.Time{}
	for i, n := range w.full {
		for _, m := range n.Messages {
			thing := n.To + "/" + w.on[i] + " " + m.Key
			if w.on[i] == "pd" {
				thing += m.Incident
			}
			halfOpen := w.on[i] == "pd" // what seemed to fail may have opened one, and is ended
			if m.Change == Over && !halfOpen && (last[thing] == "" || last[thing] == Over) {
				w.t.Errorf("seed %d: %s was told that it is over, and not that it was wrong", seed, thing)
			}
			last[thing] = m.Change
		}
		over := !slices.ContainsFunc(n.Messages, func(m Message) bool { return m.Change != Over && m.Change != Taken })
		if who := n.To; who != "team" && w.on[i] != "pd" && !over { // PagerDuty decides itself how it calls
			times[who] = append(times[who], n.At)
		}
	}
	for thing, change := range last {
		if change != Over {
			w.t.Errorf("seed %d: %s was last told %s, and not that it is over", seed, thing, change)
		}
	}
	for who, all := range times {
		if seed%2 != 0 {
			break
		}
		const most = 20 + 3 // her three lines may be told in one moment
		for i := most; i < len(all); i++ {
			if hour := all[i].Sub(all[i-most]); hour < time.Hour {
				w.t.Errorf("seed %d: %s got %d notices in %v", seed, who, most+1, hour)
				break
			}
		}
	}
	if n := len(w.told.All()) + len(w.acks.All()); n != 0 {
		w.t.Errorf("seed %d: %d troubles and acknowledgements are left: %s", seed, n, strings.ReplaceAll(fmt.Sprintf("%+v", w.told.All()), "Alert:", "\n"))
	}
}
