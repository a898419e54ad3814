package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/sandbox"
)

// verdicts is what became of approved actions.
type verdicts struct {
	t                     *testing.T
	runs, sent, person    int
	doubles, lost, untrue int
	why, where            map[string]int
}

// of judges one: there is no case of the comment that says more, or less, than the
// platform shows.
func (v *verdicts) of(s *spot, c respond.Case, kind ingest.ActionKind, shown sandbox.CommentState) {
	v.t.Helper()
	v.runs++
	times := map[ingest.ActionKind]int{ingest.Reply: len(shown.Replies), ingest.Private: len(shown.Private), ingest.Hide: 0}
	if shown.Hidden {
		times[ingest.Hide] = 1
	}
	for kind, n := range times {
		if n > 1 {
			v.doubles++
			v.t.Errorf("%s, %s: done %d times: %s", s.name, s.at, n, kind)
		}
	}
	i := slices.IndexFunc(c.Actions, func(a respond.Action) bool { return a.Kind == kind })
	switch {
	case i < 0:
		v.lost++
		v.t.Errorf("%s, %s: the approved %s vanished", s.name, s.at, kind)
	case c.Actions[i].State == respond.Sent:
		v.sent++
		if times[kind] == 0 {
			v.untrue++
			v.t.Errorf("%s, %s: the %s is said to be out and is not", s.name, s.at, kind)
		}
	case c.Open() && c.Actions[i].NeedsPerson() && c.Actions[i].Why != "":
		v.person++
		out := map[bool]string{true: "it had gone out", false: "it had not"}[times[kind] > 0]
		v.why[c.Actions[i].Why+" ["+out+"]"]++
		v.where[fmt.Sprintf("%s · %s · %s", s.platform, kind, s.at)]++
	default:
		v.lost++
		v.t.Errorf("%s, %s: the approved %s is %s, open %v, told %q", s.name, s.at, kind, c.Actions[i].State, c.Open(), c.Actions[i].Why)
	}
}

// say tells the figures.
func (v *verdicts) say(kills, missed int) {
	v.t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%d runs, %d kills (%d requests were not met): %d sent, %d with a person (%.1f %%), %d doubles, %d lost, %d untrue\n",
		v.runs, kills, missed, v.sent, v.person, 100*float64(v.person)/float64(max(v.runs, 1)), v.doubles, v.lost, v.untrue)
	for _, of := range []map[string]int{v.why, v.where} {
		for _, k := range slices.SortedFunc(maps.Keys(of), func(a, b string) int { return of[b] - of[a] }) {
			fmt.Fprintf(&b, "%5d  %s\n", of[k], k)
		}
	}
	v.t.Log(b.String())
	if v.sent == 0 || v.person == 0 || missed > v.runs/10 {
		v.t.Error("the test shows nothing")
	}
}

func writeKey(t *testing.T, d practiceDir, key string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(d.data, "practice.key"), []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
}
