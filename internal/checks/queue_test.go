package checks_test

import (
	"fmt"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/checks"
	"triage/internal/respond"
)

// A queue into which cases come for hours while nobody decides is told; a viral hour, or
// a queue in which somebody decides, is not.
func TestQueueThatGrowsIsTold(t *testing.T) {
	spread := func(n int, from, to time.Duration) (cases []respond.Case) {
		for i := range n {
			age := from + time.Duration(i)*(to-from)/time.Duration(max(1, n-1))
			cases = append(cases, oneCase(fmt.Sprintf("c%d-%s", i, from), respond.LanePossible, "cedar-2", ago(age)))
		}
		return cases
	}
	sampled := spread(21, time.Minute, 7*time.Hour+59*time.Minute)
	for i := range sampled {
		sampled[i].Lane = respond.LaneSample
	}
	for name, tt := range map[string]struct {
		cases   []respond.Case
		decided int
		want    alert.Severity
	}{
		"21 in all quarters":  {spread(21, time.Minute, 7*time.Hour+59*time.Minute), 0, alert.Tell},
		"from now to 8 hours": {spread(21, 0, 8*time.Hour-time.Second), 0, alert.Tell},
		"8 hours ago to now":  {append(spread(20, 8*time.Hour, 8*time.Hour), spread(5, 0, 5*time.Hour)...), 0, ""},
		"20":                  {spread(20, time.Minute, 7*time.Hour+59*time.Minute), 0, ""},
		"somebody decides":    {spread(21, time.Minute, 7*time.Hour+59*time.Minute), 1, ""},
		"a viral hour":        {spread(500, time.Minute, time.Hour), 0, ""},
		"two viral hours":     {append(spread(200, time.Minute, time.Hour), spread(200, 7*time.Hour, 7*time.Hour+30*time.Minute)...), 0, ""},
		"none since midnight": {spread(500, 12*time.Hour, 300*time.Hour), 0, ""},
		"the weekly sample":   {sampled, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			k := checks.Queue{Desk: deskOf(tt.cases...), Page: "http://desk", Now: atNoon, Decided: func(since time.Time) int {
				if !since.Equal(ago(8 * time.Hour)) {
					t.Errorf("asked since %v", since)
				}
				return tt.decided
			}}
			a := calls(t, k, "queue/growing", tt.want)
			if tt.want != "" && (a.Count != 21 || a.Since.After(ago(7*time.Hour+59*time.Minute)) || a.Link != "http://desk/") {
				t.Errorf("%+v", a)
			}
		})
	}
}

// Comments that could not be processed are counted, each read once.
func TestDeadLettersAreTold(t *testing.T) {
	dead := func(id, why string, opened time.Time) respond.Case {
		c := oneCase(id, respond.LaneLook, "cedar-2", opened)
		c.Judgement.WhyNot, c.Comment.Version = why, "v1"
		return c
	}
	p := &pile{light: true, cases: []respond.Case{dead("a", respond.NotHandled, ago(time.Hour)), dead("b", "media", noon), oneCase("c", respond.LaneClear, "cedar-2", noon)}}
	k := &checks.Dead{Desk: &respond.Desk{Cases: p}, Page: "http://desk"}
	for range 3 {
		a := calls(t, k, "dead/letters", alert.Tell)
		if a.Count != 1 || !a.Since.Equal(ago(time.Hour)) || a.Link != "http://desk/cases/a" || p.asked != 2 {
			t.Errorf("after reading %d: %+v", p.asked, a)
		}
	}
	p.cases = append(p.cases, dead("d", respond.NotHandled, noon))
	if a := calls(t, k, "dead/letters", alert.Tell); a.Count != 2 || a.Link != "http://desk/?lane=look" || p.asked != 3 {
		t.Errorf("of two, after reading %d: %+v", p.asked, a)
	}
	p.cases, p.broken = append(p.cases, dead("e", respond.NotHandled, noon)), errBroken
	if _, err := k.Look(t.Context()); err == nil {
		t.Error("a store that does not answer is no trouble")
	}
	p.cases, p.broken = []respond.Case{dead("b", "media", noon)}, nil
	calls(t, k, "", "")
	p.light, p.asked, p.cases = false, 0, []respond.Case{dead("f", respond.NotHandled, noon)}
	calls(t, k, "dead/letters", alert.Tell)
	if p.asked != 0 {
		t.Error("a whole case was read again")
	}
}

// At one look so many are read that the pager need not wait; the others come next.
func TestManyDeadLettersAreReadByAndBy(t *testing.T) {
	p := &pile{light: true}
	for i := range 1200 {
		c := oneCase(fmt.Sprintf("c%d", i), respond.LaneLook, "cedar-2", noon)
		c.Judgement.WhyNot = respond.NotHandled
		p.cases = append(p.cases, c)
	}
	k := &checks.Dead{Desk: &respond.Desk{Cases: p}, Page: "http://desk"}
	for _, want := range []int{500, 1000, 1200, 1200} {
		if a := calls(t, k, "dead/letters", alert.Tell); a.Count != want || p.asked != want {
			t.Errorf("%d known, %d read, want %d", a.Count, p.asked, want)
		}
	}
}
