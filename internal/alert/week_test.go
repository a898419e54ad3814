package alert

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"triage/internal/alert/roster"
)

// A week of a practice in Los Angeles, from a Monday to the Monday after the night on which
// the clocks go forward: who takes turns at nine, who takes over for an evening, what
// happens meanwhile, and who is called when.
const (
	weekHappens = `
Mon 10:00 urgent 1
Mon 10:03 dana acknowledges
Mon 10:20 nothing
Tue 03:00 urgent 1
Tue 03:12 lee acknowledges
Tue 03:40 nothing
Tue 23:00 clear 2
Wed 07:30 nothing
Wed 20:00 urgent 1
Wed 20:01 lee acknowledges
Wed 20:47 max acknowledges
Wed 21:00 nothing
Thu 12:00 clear 1
Thu 12:01 clear 2
Thu 12:30 nothing
Fri 22:30 clear 1
Fri 23:00 nothing
Sat 15:00 clear 1
Sun 01:55 urgent 1
Sun 03:02 urgent 2
Sun 03:04 dana acknowledges
Sun 03:20 clear 1
Mon 09:30 nothing`
	weekCalls = `
Mon 10:00 dana/sms new urgent
Mon 10:20 dana/sms over urgent
Tue 03:00 dana/sms new urgent
Tue 03:05 dana/voice new urgent
Tue 03:05 max/sms new urgent
Tue 03:10 dana/sms still urgent
Tue 03:10 lee/sms new urgent
Tue 03:40 dana/sms over urgent
Tue 03:40 lee/sms over urgent
Tue 03:40 max/sms over urgent
Wed 07:00 team/mail new clear
Wed 07:30 team/mail over clear
Wed 20:00 lee/sms new urgent
Wed 20:31 lee/sms forgotten urgent
Wed 20:41 lee/sms new urgent
Wed 20:46 max/sms new urgent
Wed 21:00 lee/sms over urgent
Wed 21:00 max/sms over urgent
Thu 12:00 team/mail new clear
Thu 12:05 team/mail more clear
Thu 12:30 team/mail over clear
Sun 01:55 max/sms new urgent
Sun 03:00 dana/sms new urgent
Sun 03:00 lee/sms new urgent
Sun 03:02 dana/sms more urgent
Sun 03:02 lee/sms more urgent
Sun 03:02 max/sms more urgent
Sun 03:20 dana/sms over urgent
Sun 03:20 lee/sms over urgent
Sun 03:20 max/sms over urgent
Mon 07:00 team/mail new clear
Mon 09:30 team/mail over clear`
)

// weekPlan is that of the practice.
func weekPlan(t *testing.T, zone *time.Location) roster.Plan {
	t.Helper()
	quiet, err := roster.ParseHours([]string{"22:00-07:00", "Sat-Sun"})
	if err != nil {
		t.Fatal(err)
	}
	line := func(channel, who string, after time.Duration) roster.Line {
		return roster.Line{Channel: channel, To: who, After: after}
	}
	p := roster.Plan{
		Zone: zone, Quiet: quiet, Team: []roster.Line{{Channel: "mail", To: "team"}},
		People: []roster.Person{
			{Name: "dana", Lines: []roster.Line{line("sms", "dana", 0), line("voice", "dana", 5*time.Minute)}},
			{Name: "lee", Lines: []roster.Line{line("sms", "lee", 0)}}, {Name: "max", Lines: []roster.Line{line("sms", "max", 0)}},
		},
		Rotations: []roster.Rotation{
			{Name: "primary", People: []string{"dana", "lee", "max"}, Start: time.Date(2000, 3, 27, 9, 0, 0, 0, zone), Turn: roster.Turn{Days: 1}},
			{Name: "backup", People: []string{"max"}, Start: time.Date(2000, 3, 27, 9, 0, 0, 0, zone), Turn: roster.Turn{Days: 7}},
		},
		Steps: []roster.Step{{Rotations: []string{"primary"}, Wait: 5 * time.Minute}, {Rotations: []string{"backup"}, Wait: 5 * time.Minute}, {Everybody: true}},
	}
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestAWeekOfCalls holds who was called when against the table.
func TestAWeekOfCalls(t *testing.T) {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	inBubble(t, func(w *world) {
		for _, name := range []string{"voice", "mail"} {
			w.channel(name, false)
		}
		w.Channels[1].Rings = true
		w.duty.Base = weekPlan(t, zone)
		evening := time.Date(2000, 3, 29, 18, 0, 0, 0, zone)
		if err := w.duty.Overrides.Put(t.Context(), roster.Override{ID: "o", Rotation: "primary", Person: "lee", From: evening, Until: evening.Add(12 * time.Hour), By: "lee", At: evening.Add(-time.Hour)}); err != nil {
			t.Fatal(err)
		}
		monday := time.Date(2000, 3, 27, 0, 0, 0, 0, zone)
		time.Sleep(time.Until(monday))
		w.start()
		day := -1
		for line := range strings.Lines(strings.TrimSpace(weekHappens)) {
			if w.happens(line, monday, &day); t.Failed() {
				return
			}
		}
		w.passes(time.Minute)
		if got := w.calls(zone); got != strings.TrimSpace(weekCalls) {
			t.Errorf("called\n%s\nwant%s", got, weekCalls)
		}
	})
}

// happens waits until it is time for a line of what happens, and lets it happen.
func (w *world) happens(line string, monday time.Time, day *int) {
	w.t.Helper()
	f := strings.Fields(line)
	for *day++; monday.AddDate(0, 0, *day).Format("Mon") != f[0]; *day++ {
	}
	var hour, minute, count int
	fmt.Sscanf(f[1], "%d:%d", &hour, &minute)
	at := monday.AddDate(0, 0, *day)
	time.Sleep(time.Until(time.Date(at.Year(), at.Month(), at.Day(), hour, minute, 0, 0, at.Location())))
	*day-- // the next may be on the same day
	switch fmt.Sscan(f[len(f)-1], &count); {
	case f[2] == "urgent":
		w.sees(append(w.others("cases/urgent/cedar"), urgent(count))...)
	case f[2] == "clear":
		w.sees(append(w.others("cases/urgent/cedar", "cases/clear/cedar"), clearAlert(count))...)
	case f[2] == "nothing":
		w.sees()
	default:
		w.acknowledge("cases/urgent/cedar", f[2])
	}
}

// others is what the check sees besides.
func (w *world) others(keys ...string) []Alert {
	w.check.mu.Lock()
	defer w.check.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.check.alerts), func(a Alert) bool { return slices.Contains(keys, a.Key) })
}

// calls lists what was told, to the minute.
func (w *world) calls(zone *time.Location) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for i, n := range w.full {
		for _, m := range n.Messages {
			out = append(out, fmt.Sprintf("%s %s/%s %s %s", n.At.In(zone).Format("Mon 15:04"), n.To, w.on[i], m.Change, strings.Split(m.Key, "/")[1]))
		}
	}
	// In the order of time; what was told in one minute by name.
	slices.SortStableFunc(out, func(a, b string) int {
		if a[:9] == b[:9] {
			return strings.Compare(a, b)
		}
		return 0
	})
	return strings.Join(out, "\n")
}
