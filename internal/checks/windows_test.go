package checks_test

import (
	"strings"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/checks"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// until is a case to which a private message can be sent for so long.
func until(id string, lane respond.Lane, account string, left time.Duration, actions ...respond.Action) respond.Case {
	c := oneCase(id, lane, account, ago(6*24*time.Hour), actions...)
	c.Comment.PrivateUntil = noon.Add(left)
	return c
}

// The end of a window is told a day before, and pages two hours before.
func TestWindowsAreToldBeforeTheyClose(t *testing.T) {
	day, hours := 24*time.Hour, 2*time.Hour
	sent := respond.Action{Kind: ingest.Private, State: respond.Sent}
	failed := respond.Action{Kind: ingest.Reply, State: respond.Failed}
	erased := until("a", respond.LaneClear, "cedar-2", time.Hour)
	erased.Erased = respond.WhyAuthor
	for name, tt := range map[string]struct {
		c    respond.Case
		want alert.Severity
		says string
	}{
		"more than a day":      {until("a", respond.LaneClear, "cedar-2", day+time.Second), "", ""},
		"a day":                {until("a", respond.LaneClear, "cedar-2", day), alert.Tell, "less than a day"},
		"more than two hours":  {until("a", respond.LaneClear, "cedar-2", hours+time.Second), alert.Tell, "less than a day"},
		"two hours":            {until("a", respond.LaneClear, "cedar-2", hours), alert.Page, "less than 2 hours"},
		"a second":             {until("a", respond.LaneUrgent, "cedar-2", time.Second), alert.Page, "less than 2 hours"},
		"closed":               {until("a", respond.LaneClear, "cedar-2", 0), "", ""},
		"an identifier":        {until("a", respond.LaneIdentifier, "cedar-2", hours), alert.Page, "less than 2 hours"},
		"somebody else":        {until("a", respond.LaneOther, "cedar-2", hours), alert.Page, "less than 2 hours"},
		"no message proposed":  {until("a", respond.LanePossible, "cedar-2", hours), "", ""},
		"no message there":     {until("a", respond.LaneClear, "other", hours), "", ""},
		"account is gone":      {until("a", respond.LaneClear, "nowhere", hours), "", ""},
		"there is no window":   {oneCase("a", respond.LaneClear, "cedar-2", noon), "", ""},
		"sent, and more to do": {until("a", respond.LaneClear, "cedar-2", hours, sent, failed), "", ""},
		"a reply failed":       {until("a", respond.LaneClear, "cedar-2", hours, failed), alert.Page, "less than 2 hours"},
		"decided":              {until("a", respond.LaneClear, "cedar-2", hours, respond.Action{Kind: ingest.Reply, State: respond.Dismissed}), "", ""},
		"erased":               {erased, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := calls(t, checks.Windows{Desk: deskOf(tt.c), Page: "http://desk", Now: atNoon}, "windows/"+string(tt.c.Lane)+"/cedar-2", tt.want)
			if !strings.Contains(a.What, tt.says) || tt.want != "" && a.Link != "http://desk/cases/a" {
				t.Errorf("%+v", a)
			}
		})
	}
}

// A window that closes at night pages in the evening before, and keeps doing so.
func TestWindowsPageBeforeTheNight(t *testing.T) {
	ends := noon.Add(15 * time.Hour) // 03:00, and the night begins at 22:00
	night := func(t time.Time) time.Time {
		if h := t.Hour(); h >= 22 || h < 7 {
			return noon.Add(19 * time.Hour)
		}
		return time.Time{}
	}
	for before, want := range map[time.Duration]alert.Severity{
		12*time.Hour + time.Second: alert.Tell, 12 * time.Hour: alert.Page, 4 * time.Hour: alert.Page, time.Minute: alert.Page,
	} {
		c := oneCase("a", respond.LaneClear, "cedar-2", noon)
		c.Comment.PrivateUntil = ends
		calls(t, checks.Windows{Desk: deskOf(c), Night: night, Now: at(ends.Add(-before))}, "windows/clear/cedar-2", want)
	}
	c := oneCase("a", respond.LaneClear, "cedar-2", noon)
	c.Comment.PrivateUntil = ends
	day := func(on bool) func(time.Time) time.Time {
		return func(t time.Time) time.Time {
			if on && t.Equal(ends.Add(-24*time.Hour)) {
				return time.Time{}
			}
			return ends.Add(time.Hour)
		}
	}
	calls(t, checks.Windows{Desk: deskOf(c), Night: day(true), Now: at(ends.Add(-24 * time.Hour))}, "windows/clear/cedar-2", alert.Page)
	for before, want := range map[time.Duration]alert.Severity{24 * time.Hour: alert.Tell, 2*time.Hour + time.Second: alert.Tell, 2 * time.Hour: alert.Page} {
		calls(t, checks.Windows{Desk: deskOf(c), Night: day(false), Now: at(ends.Add(-before))}, "windows/clear/cedar-2", want) // it is never day
	}
}

func TestWindowsAreGrouped(t *testing.T) {
	k := checks.Windows{Page: "http://desk", Now: atNoon,
		Desk: deskOf(until("a", respond.LaneClear, "cedar-2", 20*time.Hour), until("b", respond.LaneClear, "cedar-2", time.Hour))}
	a := calls(t, k, "windows/clear/cedar-2", alert.Page)
	if a.Count != 2 || !strings.Contains(a.What, "2 hours") || !a.Latest.Equal(noon.Add(-4*time.Hour)) || a.Link != "http://desk/?account=cedar-2&lane=clear" {
		t.Errorf("%+v", a)
	}
	k.Desk.Rules = func() respond.Rules { return respond.Rules{Shadow: true} }
	calls(t, k, "", "") // nothing goes out, in time or not
}

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
		"just due":                       {respond.LaneClear, []respond.Action{approved(ingest.Reply, time.Second-5*time.Minute)}, ""},
		"long due":                       {respond.LaneClear, []respond.Action{approved(ingest.Reply, -5*time.Minute)}, alert.Tell},
		"long due, and urgent":           {respond.LaneUrgent, []respond.Action{approved(ingest.Reply, -6*time.Minute)}, alert.Page},
		"tried, and to be asked about":   {respond.LaneClear, []respond.Action{tried(-7 * time.Minute)}, ""},
		"tried, and nobody asked":        {respond.LaneClear, []respond.Action{tried(-9 * time.Minute)}, alert.Tell},
		"settled":                        {respond.LaneUrgent, []respond.Action{{Kind: ingest.Reply, State: respond.Sent}}, ""},
		"waiting for a person":           {respond.LaneUrgent, nil, ""},
		"hiding waits for a held reply":  {respond.LaneOther, []respond.Action{approved(ingest.Reply, time.Hour), approved(ingest.Hide, -time.Hour)}, ""},
		"hiding waits for a stuck reply": {respond.LaneOther, []respond.Action{approved(ingest.Reply, -time.Hour), approved(ingest.Hide, -time.Hour)}, alert.Tell},
	} {
		t.Run(name, func(t *testing.T) {
			desk := deskOf(oneCase("aaaaaaaaaaaaaaaaaaaa", tt.lane, "cedar-2", ago(2*time.Hour), tt.actions...))
			calls(t, checks.Sending{Desk: desk, Page: "http://desk", Now: atNoon}, "sending/cedar-2", tt.want)
		})
	}
}
