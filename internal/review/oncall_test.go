package review

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/roster"
)

const onIt = "0 cases/urgent/cedar"

func TestOnCallWhenNothingIsWrong(t *testing.T) {
	w := newWorld(t)
	w.as(t, "vic").get("/on-call").see(t, 200, "Nothing is wrong now.", "rita</bdi>", "until Mon 9 Mar 09:00", "09:00 to Mon 16 Mar 09:00", "After 15 minutes")
}

func TestOnCallSaysWhoWhatAndWhatNext(t *testing.T) {
	w := newWorld(t)
	urgentCall(t, w)
	troubles(t, w)
	takes(t, w, "lee", "otto", 30, 34)
	got := w.as(t, "rita").get("/on-call").see(t, 200, "Somebody may need help now", "Facebook cedar, since 13:56, for 6 minutes", "I’m on it", `href="/cases/urgent"`,
		"Next, unless somebody says that she is on it:", `14:05, <span data-in="180">in 3 minutes</span></span> <span>lee, by text message</span>`, "14:10", "rita again, by text message", "rita, by text message", "told at 14:00", "did not arrive at 14:01: Twilio did not answer in time",
		"Comments are not being checked", ">12<span", "The team, by Slack", "told at Sun 12:02, and again until 12:02: 7 times", "What follows from it", "comments are not being checked: the platform did not answer in time, Facebook cedar, since Sun 12:02",
		"After 5 minutes", "After 15 minutes", "dana", "lee takes over front desk from Tue 20:02 to Wed 00:02, arranged by otto.",
		"Last sent at 14:00.", "Not working since 13:32: Twilio did not answer in time", "<strong>Text message</strong> <span class=\"quiet\">at once</span>", "5 minutes later, if you have not answered", "What can wait is told to the team, by Slack.")
	got.lacks(t, phone, "desk.cedar.example", "o-lee\"")
	if n := strings.Count(got.body, "<article") + strings.Count(got.body, "rest-row"); n != 2 {
		t.Errorf("%d troubles: what another stands for is in it", n)
	}
}

func TestEveryPageSaysThatSomebodyIsCalled(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", "clear", canaryText)
	quiet := w.as(t, "rita")
	quiet.get("/").see(t, 200, "On call: rita until ", `id="call"`).lacks(t, "is being called")
	urgentCall(t, w)
	for _, path := range []string{"/", "/cases/c1", "/account", "/none"} {
		got := quiet.get(path)
		for _, s := range []string{"rita is being called: somebody may need help now, Facebook cedar, since 13:56.", `action="/on-call/acknowledge"`, `value="0 cases/urgent/cedar 1 `} {
			if !strings.Contains(got.body, s) {
				t.Errorf("%s does not say %q", path, s)
			}
		}
	}
	vic := w.as(t, "vic").get("/")
	vic.see(t, 200, "rita is being called")
	if !strings.Contains(vic.body, `action="/on-call/acknowledge" hidden`) {
		t.Error("vic, who reads nothing and is not called, is offered to answer")
	}
	if got := w.visit(t).get("/login"); strings.Contains(got.body, "rita") || strings.Contains(got.body, "On call") {
		t.Error("a stranger learns who is on call")
	}
	quiet.get("/on-call").lacks(t, `id="call"`)
	quiet.get("/on-call/now").see(t, 200, `"call":{"say":"rita is being called`, `"may":true`)
}

func TestSheSaysThatSheIsOnIt(t *testing.T) {
	w := newWorld(t)
	told := urgentCall(t, w)
	rita, otto := w.as(t, "rita"), w.as(t, "otto")
	if got := rita.post("/on-call/acknowledge", "alert", onIt, "next", "/?lane=clear&page=2"); got.status != http.StatusSeeOther || got.location != "/?lane=clear&page=2" {
		t.Fatalf("%d %s", got.status, got.location)
	}
	if a := w.opts.Calls.Acks.All(); len(a) != 1 || a[0].By != "rita" || a[0].How != "desk" || !a[0].At.Equal(w.now) {
		t.Errorf("acknowledged: %+v", a)
	}
	rita.get("/").lacks(t, "is being called")
	w.now = w.now.Add(3 * time.Minute)
	otto.post("/on-call/acknowledge", "alert", onIt, "next", "/cases/c1").see(t, http.StatusConflict, "rita was faster: she is on it since 14:02. Nothing was changed.", `href="/cases/c1"`)
	otto.get("/on-call").see(t, 200, "rita is on it, since 14:02.").lacks(t, `name="alert"`)
	// She says so again when she is reminded: that counts from then on.
	rita.get("/on-call").see(t, 200, "You are on it, since 14:02.", "you are asked at 14:32").lacks(t, "still on it<")
	w.now = w.now.Add(27 * time.Minute)
	rita.get("/on-call").see(t, 200, "Are you still on it? If you do not say so by 14:42, the calls begin anew.", "I’m still on it</button>")
	if got := rita.post("/on-call/acknowledge", "alert", onIt, "next", "/on-call"); got.location != "/on-call?done=on-it" {
		t.Errorf("%d %s", got.status, got.location)
	}
	rita.get("/on-call?done=on-it").see(t, 200, "since 14:32.", "Nobody else is called about it")
	// More came: it calls again, and a page of before does not stop it.
	told.Round = 1
	keep(t, w.opts.Calls.Memory.Put(t.Context(), told))
	rita.get("/").see(t, 200, "Somebody is being called: somebody may need help now", `value="1 cases/urgent/cedar 1 `)
	rita.post("/on-call/acknowledge", "alert", onIt).see(t, http.StatusConflict, "More came since this page was made.")
	keep(t, w.opts.Calls.Memory.Delete(t.Context(), told.Alert.Key))
	rita.post("/on-call/acknowledge", "alert", "1 cases/urgent/cedar").see(t, http.StatusConflict, "It is over: nobody is called any more.")
	for _, next := range []string{"//evil.example", "https://evil.example/", `/\evil.example`, "/cases/../x?y"} {
		if got := rita.post("/on-call/acknowledge", "alert", "x", "next", next); strings.Contains(got.location, "evil") {
			t.Errorf("%s leads to %s", next, got.location)
		}
	}
	rita.post("/on-call/acknowledge", "alert", "nonsense").see(t, http.StatusBadRequest)
}

// A script asks likewise, and stays on its page.
func TestAScriptSaysThatSheIsOnIt(t *testing.T) {
	w := newWorld(t)
	urgentCall(t, w)
	say := func(who string) answer {
		b := w.as(t, who)
		req := b.request("POST", "/on-call/acknowledge", "alert", onIt)
		req.Header.Set("Accept", "application/json")
		return b.do(req)
	}
	say("rita").see(t, 200, `"call":null`, "You are on it.")
	say("otto").see(t, 200, `"call":null`, "rita was faster")
}

// Who may not read comments does not stop the calls, unless it is she who is called.
func TestWhoMayAnswer(t *testing.T) {
	w := newWorld(t)
	urgentCall(t, w)
	vic := w.as(t, "vic")
	vic.post("/on-call/acknowledge", "alert", onIt).see(t, http.StatusForbidden, "The calls go on.")
	vic.post("/on-call/take", "person", "vic", "rotation", "front desk", "from", "2026-03-02T14:00", "until", "2026-03-02T18:00").see(t, http.StatusForbidden, "You can take over yourself")
	vic.get("/on-call").see(t, 200, "You cannot be called", "You are not called", "Call one of them yourself if this goes on.").lacks(t, "I’m on it", `action="/on-call/test"`, `action="/on-call/take`)
	if n := len(w.opts.Calls.Acks.All()); n != 0 {
		t.Fatalf("%d acknowledged", n)
	}
	w.opts.Calls.Base.People = append(w.opts.Calls.Base.People, roster.Person{Name: "vic", Lines: []roster.Line{{Channel: "sms", To: phone}}})
	if got := vic.post("/on-call/acknowledge", "alert", onIt); got.status != http.StatusSeeOther || got.location != "/" {
		t.Errorf("%d %s", got.status, got.location)
	}
}

func TestSeveralAtOnce(t *testing.T) {
	w := newWorld(t)
	told := urgentCall(t, w)
	told.Alert.Key, told.Alert.Where, told.Lines = "cases/urgent/plain", "google plain", map[string]alert.Heard{"sms": {Person: "dana", Channel: "sms", Tried: w.now, Tries: 2, Why: "it is full"}}
	told.Began = told.Began.Add(-time.Minute)
	keep(t, w.opts.Calls.Memory.Put(t.Context(), told))
	rita := w.as(t, "rita")
	rita.get("/").see(t, 200, "Nobody has been reached yet: somebody may need help now, Google plain", "And 1 more call waits for an answer.", "I’m on this one</button>", "I’m on all 2</button>", "unheard")
	rita.get("/on-call").see(t, 200, "I’m on all 2")
	if got := rita.post("/on-call/acknowledge", "alert", onIt, "alert", "0 cases/urgent/plain", "next", "/on-call"); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, main(got.body))
	}
	if n := len(w.opts.Calls.Acks.All()); n != 2 {
		t.Errorf("%d acknowledged", n)
	}
}

// Who is on one of several is told so, and how many still call.
func TestOneOfSeveral(t *testing.T) {
	w := newWorld(t)
	alsoCalls(t, w, urgentCall(t, w), "oak", "elm")
	rita := w.as(t, "rita")
	rita.get("/").see(t, 200, "And 2 more calls wait for an answer.", "I’m on all 3")
	got := rita.post("/on-call/acknowledge", "alert", onIt, "next", "/?lane=clear")
	if got.location != "/on-call?back=%2F%3Flane%3Dclear&done=on-it" {
		t.Fatalf("%d %s", got.status, got.location)
	}
	rita.get(got.location).see(t, 200, "You are on that one. 2 calls still wait for an answer:", `href="/?lane=clear">Back to where you were`)
	rita.get("/on-call?done=on-it&back=//evil.example").lacks(t, "evil")
	one := rita.request("POST", "/on-call/acknowledge", "alert", "0 cases/urgent/oak")
	one.Header.Set("Accept", "application/json")
	rita.do(one).see(t, 200, `"say":"You are on that one. 1 call still waits for an answer:"`, "Google elm").lacks(t, `"all":`)
	all := rita.request("POST", "/on-call/acknowledge", "alert", "0 cases/urgent/elm")
	all.Header.Set("Accept", "application/json")
	rita.do(all).see(t, 200, `"call":null`, "You are on it. Nobody else is called about it, unless more comes.")
}

func TestWhenNobodyCanBeCalled(t *testing.T) {
	for name, c := range map[string]struct {
		change func(d *alert.Duty)
		line   string
		says   []string
	}{
		"no people":           {func(d *alert.Duty) { d.Base = roster.Plan{Zone: time.UTC} }, "nobody can be reached", []string{"Nobody can be called: the configuration names nobody.", "There is nobody to choose"}},
		"only a team":         {func(d *alert.Duty) { d.Base = roster.Plan{Zone: time.UTC, Team: d.Base.Team} }, "the whole team, by Slack", []string{"what is urgent is told to the team only"}},
		"no channel":          {func(d *alert.Duty) { d.Channels = d.Channels[3:] }, "nobody can be reached", []string{"the configuration has no way that reaches anybody", "The screen where triage runs"}},
		"all channels fail":   {func(d *alert.Duty) { fails(t, d, "sms", "voice", "slack") }, "nobody can be reached", []string{"Nobody can be reached now: every way fails.", "cannot be reached"}},
		"only the team hears": {func(d *alert.Duty) { fails(t, d, "sms", "voice") }, "rita until", []string{"Nobody who is called can be reached now: what is urgent is told to the team only."}},
		"nobody at any step":  {func(d *alert.Duty) { nights(d); d.Base.Steps, d.Base.Team = d.Base.Steps[:1], nil }, "everybody", []string{"Nobody is on call now: what is urgent goes to rita, dana and lee."}},
		"nobody is on call":   {nights, "lee", []string{"Nobody is on call now: what is urgent goes to lee.", "Nobody is on call from Tue 07:00 to Tue 20:00: what is urgent goes to lee then.", "Nobody"}},
		"her channels fail": {func(d *alert.Duty) { d.Base.People[0].Lines = []roster.Line{{Channel: "gone"}} }, "rita until",
			[]string{"Every way to reach rita fails: what is urgent goes to lee.", "cannot be reached: every way to reach her fails"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(o *Options) { c.change(o.Calls) })
			got := w.as(t, "otto").get("/on-call").see(t, 200, c.says...)
			if !strings.Contains(got.body, "On call: "+c.line) {
				t.Errorf("the line on every page is not %q", c.line)
			}
			if red := strings.Contains(got.body, "danger-line"); red == (name == "only a team") {
				t.Errorf("in red: %v", red)
			}
		})
	}
}

// nights leaves nobody on call by day.
func nights(d *alert.Duty) {
	hours, err := roster.ParseHours([]string{"20:00-07:00"})
	if err != nil {
		panic(err)
	}
	d.Base.Rotations[0].Hours = hours
}

func fails(t *testing.T, d *alert.Duty, channels ...string) {
	t.Helper()
	for _, name := range channels {
		keep(t, d.States.Put(t.Context(), alert.State{Channel: name, Failing: d.Now(), Why: alert.WhyOf(errors.New("x"))}))
	}
}

func TestWithoutOnCall(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Calls = nil })
	b := w.as(t, "ada")
	b.get("/").see(t, 200).lacks(t, "On call", `id="call"`)
	for _, path := range []string{"/on-call", "/on-call/now"} {
		b.get(path).see(t, http.StatusNotFound)
	}
	for _, path := range []string{"acknowledge", "take", "give-back", "test"} {
		b.post("/on-call/"+path, "alert", onIt).see(t, http.StatusNotFound)
	}
}
