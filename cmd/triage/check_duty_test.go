package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/control"
	"triage/internal/ingest"
)

// twoOnCall is a practice with two people who take weekly turns, at the hours given.
const twoOnCall = `
practice = {name = "Cedar", phone = "503 555 0142", zone = "America/New_York"}
[review]
url = "https://desk.cedar.example"
[[facebook]]
page = "1"
token = "x"
[[alerts.slack]]
url = "https://hooks.slack.com/services/T0/B0/x"
[[alerts.sms]]
account_sid = "AC00000000000000000000000000000000"
auth_token = "x"
from = "+15035550142"
[[alerts.person]]
name = "dana"
reach = ["sms +15035550101", "slack", "sms +15035550103 after 5m"]
[[alerts.person]]
name = "lee"
reach = ["slack"]
[[alerts.rotation]]
name = "primary"
people = ["dana", "lee"]
start = "2026-11-23 09:00"
turn = "1w"
`

// saidByCheck is what check says of calling people on Tuesday noon, the 24th of November 2026.
func saidByCheck(t *testing.T, text string) (said []string) {
	t.Helper()
	cfg, err := parseConfig("config.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range checkAlerts(cfg, time.Date(2026, 11, 24, 17, 0, 0, 0, time.UTC)) {
		said = append(said, markOf(f)+" "+f.What)
	}
	return said
}

func TestCheckSaysWhoIsCalledNowAndNext(t *testing.T) {
	const wakesNobody = "advice alerts: lee is called only where nothing rings at night (slack)"
	for name, tt := range map[string]struct {
		more string
		want []string
	}{
		"without steps": {"", []string{
			"ok alerts: called now: dana (primary until Mon 30 Nov 09:00) by sms, slack if that fails, sms after 5m",
			"ok alerts: called if nobody acknowledges within 10m: lee by slack",
			"ok alerts: next in primary: lee from Mon 30 Nov 09:00", wakesNobody,
		}},
		"one step with hours": {"hours = [\"Mon-Fri 07:00-11:00\"]\n[[alerts.step]]\ncall = \"rotation primary\"\n", []string{
			"ok alerts: next in primary: dana from Wed 25 Nov 07:00",
			"advice alerts: in the next 14 days nobody is on call 11 times, first from Tue 24 Nov 12:00 to Wed 25 Nov 07:00: what pages then calls everybody at once",
			wakesNobody,
		}},
		"a second step that has somebody": {"hours = [\"Mon-Fri 07:00-11:00\"]\n[[alerts.step]]\ncall = \"rotation primary\"\nwait = \"3m\"\n[[alerts.step]]\ncall = \"person dana\"\nwait = \"7m\"\n[[alerts.step]]\ncall = \"everybody\"\n", []string{
			"ok alerts: called now: dana by sms, slack if that fails, sms after 5m",
			"ok alerts: called if nobody acknowledges within 7m: lee by slack",
			"ok alerts: next in primary: dana from Wed 25 Nov 07:00",
			"advice alerts: in the next 14 days nobody is on call 11 times, first from Tue 24 Nov 12:00 to Wed 25 Nov 07:00: what pages then calls dana at once",
			wakesNobody,
		}},
	} {
		said := saidByCheck(t, twoOnCall+tt.more)
		want := append([]string{"ok alerts: can be called: dana, lee"}, tt.want...)
		want = append(want, "advice alerts: nobody notices when triage itself is down")
		if !slices.Equal(said, want) {
			t.Errorf("%s: it says\n%s\nand not\n%s", name, strings.Join(said, "\n"), strings.Join(want, "\n"))
		}
		if all := strings.Join(said, " "); strings.Contains(all, "5550") {
			t.Errorf("%s: it says somebody's number: %s", name, all)
		}
	}
}

// Who is on call by the configuration and a stranger to the desk cannot say that she is on it.
func TestCheckComparesPeopleWithUsers(t *testing.T) {
	users := []control.User{{Name: "dana"}, {Name: "out", Disabled: true}, {Name: "new", Invited: true}}
	for name, want := range map[string]string{
		"dana": "", "lee": "triage user add lee", "Dana": `write name = "dana"`, "out": "triage user disable out --undo", "new": "choose a password",
	} {
		what, mend := strange(name, users)
		if (what == "") != (want == "") || !strings.Contains(mend, want) {
			t.Errorf("%s: %q, %q", name, what, mend)
		}
	}
}

// What works and could be better is neither in order nor in need of mending.
func TestAdviceHasAMarkOfItsOwn(t *testing.T) {
	var out strings.Builder
	if err := report(&out, []ingest.Finding{{OK: true, What: "a"}, {OK: true, What: "b", Mend: "c"}}); err != nil {
		t.Errorf("advice is refused: %v", err)
	}
	if got, want := out.String(), "ok      a\nadvice  b\n        → c\n"; got != want {
		t.Errorf("it prints\n%s", got)
	}
	if err := report(&out, []ingest.Finding{{What: "d", Mend: "e"}}); err == nil || !strings.Contains(out.String(), "MEND  d\n") {
		t.Errorf("%v:\n%s", err, out.String())
	}
}
