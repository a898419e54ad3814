package main

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"triage/internal/control"
	"triage/internal/respond"
)

// terminal is somebody at a terminal beside the service.
type terminal struct {
	t *testing.T
	practiceDir
	as string
}

// queue gives an order and returns what was printed; the order is to be taken.
func (k terminal) queue(args ...string) string {
	k.t.Helper()
	return k.does(k.t, append([]string{"queue", "--as", k.as}, args...)...)
}

// refused gives one that is not, and returns what was printed.
func (k terminal) refused(args ...string) string {
	k.t.Helper()
	p := start(k.t, append([]string{"queue", "--as", k.as, "--config", k.config}, args...)...)
	if code := p.exit(); code != 1 {
		k.t.Errorf("%q: exit code %d, want 1:\n%s", args, code, p.output())
	}
	return p.output()
}

// one is the only case of a list; empty: there is none.
func (k terminal) one(args ...string) (c control.CaseLine) {
	k.t.Helper()
	var list control.CaseList
	if err := json.Unmarshal([]byte(k.queue(append([]string{"list", "--json"}, args...)...)), &list); err != nil {
		k.t.Fatal(err)
	}
	if len(list.Cases) > 1 {
		k.t.Fatalf("%d cases", len(list.Cases))
	}
	for _, c = range list.Cases {
	}
	return c
}

// step is that of a case, as it is now.
func (k terminal) step(id string) string {
	k.t.Helper()
	var view control.CaseView
	if err := json.Unmarshal([]byte(k.queue("show", id, "--json")), &view); err != nil {
		k.t.Fatal(err)
	}
	return strconv.Itoa(view.Step)
}

// One comment from a terminal alone: listed, looked at, noted, a text refused and
// mended, approved, taken back, approved again, published, its outcome recorded.
func TestQueueFromATerminal(t *testing.T) {
	t.Parallel()
	sb := platform(t)
	d := newPractice(t, sb.url, "")
	for name, role := range map[string]string{"priya": "reviewer", "marta": "reviewer", "dana": "officer", "otto": "officer"} {
		d.does(t, "user", "add", name, "--role", role)
	}
	p := start(t, "run", "--config", d.config)
	p.value("page")
	priya, marta := terminal{t, d, "priya"}, terminal{t, d, "marta"}
	d.does(t, "settings", "set", "posting.undo", "1h", "--as", "dana")

	sb.write("Since the hysterectomy I still bleed zzcanaryzz")
	var c control.CaseLine
	eventually(t, 20*time.Second, "the case", func() bool { c = priya.one(); return c.ID != "" })
	if c.Lane != respond.LaneClear || c.Platform != "facebook" || c.State != "open" {
		t.Fatalf("%+v", c)
	}
	said := priya.queue("list") + priya.queue("show", c.ID)
	for _, want := range []string{"Clear disclosure", "Facebook", "nobody's in particular", "hidden: --reveal shows it", "What we would say, in public", "private message possible"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "zzcanaryzz") {
		t.Error("the comment is shown before it was revealed")
	}
	if shown := priya.queue("show", c.ID, "--reveal"); !strings.Contains(shown, "hysterectomy I still bleed") || !strings.Contains(shown, "priya read the comment") {
		t.Errorf("revealed:\n%s", shown)
	}
	if got := priya.queue("assign", c.ID, "marta"); got != c.ID+": it is marta's now\n" || marta.one("--assignee", "marta").ID != c.ID {
		t.Errorf("%s", got)
	}
	if got := priya.refused("note", c.ID, "asked about her hysterectomy"); !strings.Contains(got, "^^^^^^^^^^^^\n  *hysterectomy*") {
		t.Errorf("%s", got)
	}
	priya.queue("note", c.ID, "Called, no answer.")
	if got := marta.refused("approve", c.ID, "--text", "We hope your surgery went well."); !strings.Contains(got, "nothing was done") || !strings.Contains(got, "^^^") {
		t.Errorf("%s", got)
	}
	if got := marta.queue("approve", c.ID); !strings.Contains(got, "approved, public reply, private message: goes out in 59 minutes; triage queue undo "+c.ID) && !strings.Contains(got, "60 minutes") {
		t.Errorf("%s", got)
	}
	if got := priya.refused("dismiss", c.ID, "--step", "1"); !strings.Contains(got, "approved, by marta at ") {
		t.Errorf("%s", got)
	}
	marta.queue("undo", c.ID)
	marta.queue("approve", c.ID, "--public-only")
	d.does(t, "settings", "set", "posting.undo", "0s", "--as", "dana")
	marta.queue("undo", c.ID)
	if got := marta.queue("approve", c.ID, "--public-only"); !strings.Contains(got, "goes out now") {
		t.Errorf("%s", got)
	}
	eventually(t, 20*time.Second, "the reply", func() bool { return len(sb.state().Comments[0].Replies) == 1 })
	eventually(t, 20*time.Second, "that it is known", func() bool { return priya.one("--state", "answered").ID == c.ID })
	priya.queue("outcome", c.ID, "booked")
	if got := priya.queue("label", c.ID, "clear", "--json"); !strings.HasPrefix(got, `{"case":"`+c.ID+`","level":"clear",`) {
		t.Errorf("%s", got)
	}
	shown := priya.queue("show", c.ID)
	for _, want := range []string{"public reply: sent", "by marta", "priya: Called, no answer.", "said what became of it: booked"} {
		if !strings.Contains(shown, want) {
			t.Errorf("it does not say %q:\n%s", want, shown)
		}
	}
	if n := len(sb.state().Comments[0].Private); n != 0 {
		t.Errorf("%d private messages, though it was to be public only", n)
	}
	if history := d.audit(t); !strings.Contains(history, "noted") || strings.Contains(history, "no answer") {
		t.Error("the audit lacks the note, or holds its words")
	}
	p.stop()
	noneInFiles(t, d.kept(t)...)
}

// What the check refuses goes out with two officers only.
func TestOverrideFromTwoTerminals(t *testing.T) {
	t.Parallel()
	sb := platform(t)
	d := newPractice(t, sb.url, "")
	for name, role := range map[string]string{"priya": "reviewer", "dana": "officer", "otto": "officer"} {
		d.does(t, "user", "add", name, "--role", role)
	}
	d.does(t, "settings", "set", "review.four_eyes", "true", "--as", "dana")
	p := start(t, "run", "--config", d.config)
	p.value("page")
	dana, otto := terminal{t, d, "dana"}, terminal{t, d, "otto"}
	sb.write("Since the hysterectomy I still bleed")
	var c control.CaseLine
	eventually(t, 20*time.Second, "the case", func() bool { c = dana.one(); return c.ID != "" })

	over := []string{"override", c.ID, "--text", "We hope your surgery went well. Please call us.", "--private-text", "Please call our office at (503) 555-0142.",
		"--reason", "consent", "--note", "She agreed in writing."}
	if got := (terminal{t, d, "priya"}).refused(over...); !strings.Contains(got, "may not override") {
		t.Errorf("%s", got)
	}
	if got := dana.queue(over...); !strings.Contains(got, "triage queue show "+c.ID+" --reveal --as NAME") {
		t.Errorf("%s", got)
	}
	if got := otto.queue("list") + otto.queue("show", c.ID); strings.Contains(got, "in writing.") || strings.Contains(got, "surgery") {
		t.Errorf("it shows what was proposed before it is revealed:\n%s", got)
	}
	if got := otto.queue("list") + otto.queue("show", c.ID, "--reveal"); !strings.Contains(got, "waits for a second person: proposed by dana") || !strings.Contains(got, "in words: She agreed in writing.") {
		t.Errorf("%s", got)
	}
	step := otto.step(c.ID)
	if got := dana.refused("confirm", c.ID, "--step", step); !strings.Contains(got, "you proposed it yourself") {
		t.Errorf("%s", got)
	}
	if n := len(sb.state().Comments[0].Replies); n > 0 {
		t.Fatal("it went out with one pair of eyes")
	}
	if got := otto.refused("confirm", c.ID, "--step", "1"); !strings.Contains(got, "proposed, by dana at ") {
		t.Errorf("%s", got)
	}
	otto.queue("confirm", c.ID, "--step", step)
	eventually(t, 20*time.Second, "the reply", func() bool { return len(sb.state().Comments[0].Replies) == 1 })
	eventually(t, 20*time.Second, "that it is known", func() bool { return dana.one("--state", "answered").ID == c.ID })
	if shown := dana.queue("show", c.ID); !strings.Contains(shown, "by dana, confirmed by otto") || !strings.Contains(shown, "against the check, because the person agreed in writing") {
		t.Errorf("%s", shown)
	}
	p.stop()
}
