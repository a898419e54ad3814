package main

import (
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// What was approved and does not go out is told, and of what is urgent a person is paged.
func TestWhatDoesNotGoOutIsTold(t *testing.T) {
	approved := func(kind ingest.ActionKind, due time.Duration) respond.Action {
		return respond.Action{Kind: kind, State: respond.Approved, Due: noon.Add(due)}
	}
	tried := func(started time.Duration) respond.Action {
		return respond.Action{Kind: ingest.Reply, State: respond.Sending, Intent: &respond.Intent{Started: noon.Add(started)}}
	}
	for name, tt := range map[string]struct {
		lane    respond.Lane
		actions []respond.Action
		want    alert.Severity // empty: nothing is told
	}{
		"just due":                       {respond.LaneClear, []respond.Action{approved(ingest.Reply, -time.Minute)}, ""},
		"long due":                       {respond.LaneClear, []respond.Action{approved(ingest.Reply, -6*time.Minute)}, alert.Tell},
		"long due, and urgent":           {respond.LaneUrgent, []respond.Action{approved(ingest.Reply, -6*time.Minute)}, alert.Page},
		"tried, and to be asked about":   {respond.LaneClear, []respond.Action{tried(-7 * time.Minute)}, ""},
		"tried, and nobody asked":        {respond.LaneClear, []respond.Action{tried(-9 * time.Minute)}, alert.Tell},
		"settled":                        {respond.LaneUrgent, []respond.Action{{Kind: ingest.Reply, State: respond.Sent}}, ""},
		"waiting for a person":           {respond.LaneUrgent, nil, ""},
		"hiding waits for a held reply":  {respond.LaneOther, []respond.Action{approved(ingest.Reply, time.Hour), approved(ingest.Hide, -time.Hour)}, ""},
		"hiding waits for a stuck reply": {respond.LaneOther, []respond.Action{approved(ingest.Reply, -time.Hour), approved(ingest.Hide, -time.Hour)}, alert.Tell},
	} {
		t.Run(name, func(t *testing.T) {
			desk := &respond.Desk{Cases: pile{cases: []respond.Case{oneCase("aaaaaaaaaaaaaaaaaaaa", tt.lane, "cedar-2", noon.Add(-2*time.Hour), tt.actions...)}},
				Rules: func() respond.Rules { return respond.Rules{ReadBack: 3 * time.Minute} }}
			k := sendCheck{desk, "http://desk", func() time.Time { return noon }}
			said, err := k.Look(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			found := byKey(t, k.Name(), said)
			a, told := found["sending/cedar-2"]
			if told != (tt.want != "") || a.Severity != tt.want {
				t.Errorf("told %+v, want %q", found, tt.want)
			}
		})
	}
}
