package review

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"triage/internal/alert"
)

// take is the form of taking over.
func take(person, from, until string, more ...string) []string {
	return append([]string{"person", person, "rotation", "front desk", "from", from, "until", until}, more...)
}

func TestTakingOver(t *testing.T) {
	w := newWorld(t)
	rita, otto := w.as(t, "rita"), w.as(t, "otto")
	rita.get("/on-call").see(t, 200, "Take over a later shift", "You are on call now.", `name="person" value="rita"`, `name="from" value="2026-03-09T09:00"`, `name="until" value="2026-03-16T09:00"`)
	otto.get("/on-call").see(t, 200, `<select name="person">`, `<option value="dana">`, `name="from" value="2026-03-02T14:02"`, `name="until" value="2026-03-09T09:00"`)
	for say, form := range map[string][]string{
		"Choose who takes over.":                    take("", "2026-03-02T14:00", "2026-03-02T18:00"),
		"There is no such duty.":                    {"person", "rita", "rotation", "x", "from", "2026-03-02T14:00", "until", "2026-03-02T18:00"},
		"Write from when and until when, such as":   take("rita", "soon", "2026-03-02T18:00"),
		"The end must come after the beginning":     take("rita", "2026-03-02T14:00", "2026-03-02T13:00"),
		"rita is on call then already.":             take("rita", "2026-03-02T14:00", "2026-03-09T09:00"),
		"Nobody takes over for longer than 60 days": take("rita", "2026-03-02T14:00", "2026-12-02T13:00"),
	} {
		rita.post("/on-call/take", form...).see(t, http.StatusUnprocessableEntity, say, "<details class=\"take\" id=\"take\" open>")
	}
	rita.post("/on-call/take", take("lee", "2026-03-02T14:00", "2026-03-02T18:00")...).see(t, http.StatusForbidden, "You can take over yourself")
	if n := len(w.opts.Calls.Overrides.All()); n != 0 {
		t.Fatalf("%d overrides", n)
	}
	seen := strconv.FormatInt(w.now.UnixNano(), 10)
	w.now = w.now.Add(time.Minute)
	if got := otto.post("/on-call/take", take("lee", "2026-03-02T14:00", "2026-03-02T18:00", "seen", seen)...); got.location != "/on-call?done=taken#plan" {
		t.Fatalf("%d %s", got.status, main(got.body))
	}
	o := w.opts.Calls.Overrides.All()[0]
	if o.Person != "lee" || o.By != "otto" || !o.From.Equal(w.now) || o.Until.Hour() != 18 || o.Rotation != "front desk" || len(o.ID) < 16 {
		t.Errorf("%+v", o)
	}
	rita.get("/on-call?done=taken").see(t, 200, "It is taken over.", "lee</bdi>", "takes over, arranged by otto", "until 18:00").lacks(t, "give-back")
	rita.get("/").see(t, 200, "On call: lee until 18:00")
	rita.post("/on-call/take", take("rita", "2026-03-02T14:00", "2026-03-02T18:00", "seen", seen)...).see(t, http.StatusUnprocessableEntity,
		"Somebody was faster: lee takes over front desk from 14:03 to 18:00, arranged by otto.")
	rita.post("/on-call/give-back", "id", o.ID).see(t, http.StatusForbidden)
	if got := otto.post("/on-call/give-back", "id", o.ID); got.location != "/on-call?done=removed#plan" {
		t.Errorf("%d %s", got.status, got.location)
	}
	otto.post("/on-call/give-back", "id", o.ID).see(t, http.StatusConflict, "It is over, or somebody gave it back already.")
}

// By the practice's clock, wherever the machine is; in the night in which an hour is
// shown twice, and in the one that lacks one.
func TestTakingOverInTwoZones(t *testing.T) {
	for zone, c := range map[string]struct{ now, from, until, took, over, shown string }{
		"America/Los_Angeles": {"2026-03-08T09:30:00Z", "2026-03-08T02:30", "2026-03-08T06:00", "2026-03-08T10:00:00Z", "2026-03-08T13:00:00Z", "Los Angeles (PST)"},
		"Europe/Berlin":       {"2026-10-24T20:00:00Z", "2026-10-25T02:30", "2026-10-25T08:00", "2026-10-25T00:30:00Z", "2026-10-25T07:00:00Z", "Berlin (CEST)"},
	} {
		at, err := time.LoadLocation(zone)
		keep(t, err)
		w := newWorld(t, func(o *Options) {
			o.Calls.Base.Zone, o.Calls.Base.Rotations[0].People = at, []string{"dana", "lee"}
		})
		w.now, err = time.Parse(time.RFC3339, c.now)
		keep(t, err)
		rita := w.as(t, "rita")
		rita.get("/on-call").see(t, 200, c.shown, `name="from" value="`+w.now.In(at).Format("2006-01-02T15:04")+`"`)
		if got := rita.post("/on-call/take", take("rita", c.from, c.until)...); got.status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", zone, got.status, main(got.body))
		}
		o := w.opts.Calls.Overrides.All()[0]
		if from, until := o.From.UTC().Format(time.RFC3339), o.Until.UTC().Format(time.RFC3339); from != c.took || until != c.over {
			t.Errorf("%s: from %s to %s", zone, from, until)
		}
	}
}

// What is done is recorded before it is done, with no address; what cannot be is not done.
func TestOnCallIsRecorded(t *testing.T) {
	b := &book{}
	w := newWorld(t, func(o *Options) { o.Audit = b })
	urgentCall(t, w)
	otto := w.as(t, "otto")
	otto.post("/on-call/acknowledge", "alert", onIt)
	otto.post("/on-call/take", take("lee", "2026-03-02T14:00", "2026-03-02T18:00")...)
	otto.post("/on-call/give-back", "id", w.opts.Calls.Overrides.All()[0].ID)
	otto.post("/on-call/test", "channel", "sms")
	w.wire("voice").fail = &alert.Failure{Why: "the provider does not answer"}
	otto.post("/on-call/test", "channel", "voice")
	const shift = "front desk 2026-03-02T14:02:00Z 2026-03-02T18:00:00Z"
	for _, act := range []string{"otto alert-acknowledged round 0", "otto duty-taken " + shift, "otto duty-given-back " + shift, "otto alert-tested channel", "otto not-done alert-tested"} {
		if b.count(act) == 0 {
			t.Errorf("not recorded: %q of %q", act, b.acts)
		}
	}
	if strings.Contains(strings.Join(b.acts, " "), phone) {
		t.Error("an address is in the audit")
	}
	keep(t, w.opts.Calls.Acks.Delete(t.Context(), "cases/urgent/cedar"))
	b.full = errors.New("the disk is full")
	sent := len(w.wire("slack").got)
	for _, form := range [][]string{{"/on-call/acknowledge", "alert", onIt}, append([]string{"/on-call/take"}, take("lee", "2026-03-02T14:00", "2026-03-02T18:00")...), {"/on-call/test", "channel", "slack"}} {
		otto.post(form[0], form[1:]...).see(t, http.StatusInternalServerError)
	}
	if len(w.opts.Calls.Acks.All())+len(w.opts.Calls.Overrides.All())+len(w.wire("slack").got)-sent != 0 {
		t.Error("something was done that could not be recorded")
	}
}

func TestTestsOfChannels(t *testing.T) {
	w := newWorld(t)
	rita, otto := w.as(t, "rita"), w.as(t, "otto")
	rita.get("/on-call").see(t, 200, "Send me a test").lacks(t, ">Send a test<")
	if got := rita.post("/on-call/test", "line", "0"); got.location != "/on-call" {
		t.Fatalf("%d %s", got.status, main(got.body))
	}
	if got := w.wire("sms").got; len(got) != 1 || !got[0].Test || got[0].To != phone {
		t.Errorf("sent: %+v", got)
	}
	rita.get("/on-call").see(t, 200, "The test by text message was sent. Look whether it arrived.").lacks(t, phone)
	rita.get("/on-call").lacks(t, "was sent. Look")
	otto.post("/on-call/test", "channel", "sms").see(t, http.StatusTooManyRequests, "less than a minute ago")
	rita.post("/on-call/test", "channel", "voice").see(t, http.StatusForbidden, "You can send tests to yourself.")
	for _, form := range [][]string{{"line", "7"}, {"line", "-1"}, {"line", "x"}} {
		rita.post("/on-call/test", form...).see(t, http.StatusNotFound, "There is no such way")
	}
	otto.post("/on-call/test", "channel", "none").see(t, http.StatusNotFound)
	otto.post("/on-call/test", "line", "0").see(t, http.StatusNotFound)
	w.now = w.now.Add(61 * time.Second)
	w.wire("slack").fail = &alert.Failure{Why: "Slack does not know this address: make a new webhook and write it into the configuration", Final: true, Cause: errors.New("status 404")}
	otto.post("/on-call/test", "channel", "slack")
	otto.get("/on-call").see(t, 200, "The test by Slack did not arrive: Slack does not know this address")
	w.now = w.now.Add(61 * time.Second)
	w.wire("slack").fail = errors.New("https://hooks.example/canary-token")
	otto.post("/on-call/test", "channel", "slack")
	otto.get("/on-call").see(t, 200, "it could not be sent: see the log").lacks(t, "canary-token")
	if log := w.log.String(); strings.Contains(log, "canary-token") || strings.Contains(log, phone) || !strings.Contains(log, "status 404") {
		t.Errorf("log: %s", log)
	}
}

// Everything that the page says, and every answer, in the other language.
func TestSpanishOnCall(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Calls.Base.Rotations[0].Name = "noche" // the practice's own word
		o.Calls.Base.Steps[0].Rotations = []string{"noche"}
	})
	rita, vic, ada := w.spanish(t, "rita"), w.spanish(t, "vic"), w.spanish(t, "ada")
	urgentCall(t, w)
	troubles(t, w)
	state := alert.State{Channel: "slack", Failing: w.now, Why: alert.WhyOf(errors.New("x"))}
	keep(t, w.opts.Calls.States.Put(t.Context(), state))
	for _, b := range []*browser{rita, vic, ada} {
		b.get("/on-call").see(t, 200, "Alguien podría necesitar ayuda ahora", "Facebook cedar, desde 13:56, hace 6 minutos").isSpanish(t, "the page")
	}
	rita.get("/").see(t, 200, "Se está llamando a rita: alguien podría necesitar ayuda ahora, Facebook cedar, desde 13:56.").isSpanish(t, "the call")
	in := func(rotation string, form []string) []string { form[3] = rotation; return form }
	for _, act := range []struct {
		by   *browser
		path string
		form []string
	}{
		{vic, "acknowledge", []string{"alert", onIt}}, {rita, "acknowledge", []string{"alert", onIt}}, {ada, "acknowledge", []string{"alert", onIt}},
		{ada, "acknowledge", []string{"alert", "0 none"}}, {ada, "acknowledge", nil}, {rita, "take", nil},
		{rita, "take", in("noche", take("lee", "2026-03-02T14:00", "2026-03-02T18:00"))}, {rita, "take", in("x", take("rita", "2026-03-02T14:00", "2026-03-02T18:00"))},
		{rita, "take", in("noche", take("rita", "2026-03-02T14:00", "2027-03-02T18:00"))}, {rita, "take", in("noche", take("rita", "", ""))},
		{rita, "take", in("noche", take("rita", "2026-03-02T14:00", "2026-03-02T18:00"))},
		{ada, "take", in("noche", take("lee", "2026-03-02T14:00", "2026-03-02T18:00"))}, {rita, "take", in("noche", take("rita", "2026-03-02T14:00", "2026-03-02T18:00", "seen", "1"))},
		{rita, "give-back", nil}, {rita, "test", nil}, {rita, "test", []string{"line", "9"}}, {rita, "test", []string{"line", "0"}}, {rita, "test", []string{"line", "0"}}, {rita, "test", []string{"channel", "sms"}},
	} {
		got := act.by.post("/on-call/"+act.path, act.form...)
		if got.isSpanish(t, act.path); got.location != "" {
			act.by.get(got.location).isSpanish(t, act.path+" leads to "+got.location)
		}
	}
	for _, change := range []func(d *alert.Duty){func(d *alert.Duty) { nights(d) }, func(d *alert.Duty) { d.Base.Steps = d.Base.Steps[:1] }, func(d *alert.Duty) { fails(t, d, "sms", "voice") },
		func(d *alert.Duty) { d.Channels = d.Channels[2:] }, func(d *alert.Duty) { d.Base.People = nil }, func(d *alert.Duty) { d.Base.Team = nil }} {
		change(w.opts.Calls)
		keep(t, w.opts.Calls.States.Put(t.Context(), state))
		ada.get("/on-call").isSpanish(t, "nobody")
	}
}
