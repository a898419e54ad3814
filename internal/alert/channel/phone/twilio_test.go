package phone

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"triage/internal/alert"
	"triage/internal/alert/channel"
	"triage/internal/alert/channel/conform"
)

const (
	phoneTo     = "+15550100171"
	phoneFrom   = "+15550100000"
	account     = "AC0123456789abcdef0123456789abcdef"
	answerHook  = "https://desk.example.org/hooks/call"
	pressOne    = "To say that you are on it, press 1."
	openTheDesk = "Please open the desk, and say there that you are on it. Goodbye."
)

// opens opens the section with the stand-in in Twilio's place.
func opens(voice bool) func(testing.TB, string, channel.Options) alert.Channel {
	return func(t testing.TB, base string, o channel.Options) alert.Channel {
		return conform.Opened(t, &Twilio{Voice: voice, AccountSID: account, AuthToken: conform.SecretCanary, From: phoneFrom, AnswerURL: answerHook, BaseURL: base}, o)
	}
}

func TestConform(t *testing.T) {
	conform.Run(t,
		conform.Kind{Name: "sms", To: phoneTo, Longest: 2 * twoPartsGSM, Frame: []string{"Answer 1 if you are on it."}, Start: conform.OverHTTP{Open: opens(false), Take: takeSMS}.Start},
		conform.Kind{Name: "voice", To: phoneTo, Longest: 4000, Frame: []string{pressOne, openTheDesk}, Start: conform.OverHTTP{Open: opens(true), Take: takeCall}.Start})
}

// byTwilio checks what both lists have in common, and answers as they do.
func byTwilio(t testing.TB, w http.ResponseWriter, r conform.Request, list string) {
	t.Helper()
	if r.URL.Path != "/2010-04-01/Accounts/"+account+"/"+list+".json" {
		t.Errorf("path %s", r.URL.Path)
	}
	user, password, _ := (&http.Request{Header: r.Header}).BasicAuth()
	if user != account || password != conform.SecretCanary {
		t.Errorf("authorized as %q with %q", user, password)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, `{"sid":"SM1","status":"queued","error_code":null}`)
}

// takeSMS returns a text in pieces: what phones of old do not have was written otherwise.
func takeSMS(t testing.TB, w http.ResponseWriter, r conform.Request) []string {
	byTwilio(t, w, r, "Messages")
	m := conform.Form(t, r, "To From Body", "")
	if m.Get("To") != phoneTo || m.Get("From") != phoneFrom || !fits(m.Get("Body")) {
		t.Errorf("%q", m)
	}
	rest, answer := strings.CutSuffix(m.Get("Body"), "Answer 1 if you are on it.")
	title, link, ok := strings.Cut(rest, "https://")
	if urgent := strings.Contains(title, "URGENT"); ok && urgent != answer {
		t.Errorf("whether it can be answered is wrong: %q", m.Get("Body"))
	}
	said := []string{"https://" + link}
	for piece := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSpace(title), "..."), `"`) {
		said = append(said, piece)
	}
	return said
}

// spokenCall is what Twilio reads of TwiML.
type spokenCall struct {
	XMLName xml.Name `xml:"Response"`
	Gather  *struct {
		NumDigits string   `xml:"numDigits,attr"`
		Method    string   `xml:"method,attr"`
		Action    string   `xml:"action,attr"`
		Timeout   string   `xml:"timeout,attr"`
		Other     []string `xml:",any,attr"`
		Say       []string
		Any       []struct{ XMLName xml.Name } `xml:",any"`
	}
	Say    []string
	Hangup *struct{}
	Any    []struct{ XMLName xml.Name } `xml:",any"`
}

func takeCall(t testing.TB, w http.ResponseWriter, r conform.Request) []string {
	byTwilio(t, w, r, "Calls")
	m := conform.Form(t, r, "To From Twiml Timeout", "")
	if m.Get("To") != phoneTo || m.Get("From") != phoneFrom || m.Get("Timeout") != "30" || utf8.RuneCountInString(m.Get("Twiml")) > 4000 {
		t.Errorf("%q", m)
	}
	c := twimlOf(t, m.Get("Twiml"))
	said := c.Say
	if g := c.Gather; g != nil {
		if g.NumDigits != "1" || g.Method != "POST" || g.Action != answerHook || g.Timeout == "" || len(g.Other)+len(g.Any) != 0 {
			t.Errorf("gathers %+v", g)
		}
		said = append(g.Say, said...)
	}
	if urgent := strings.Contains(said[0], "URGENT") || strings.Contains(said[0], "still"); urgent != (c.Gather != nil) {
		t.Errorf("whether a key can be pressed is wrong: %q", said)
	}
	if strings.Contains(strings.Join(said, " "), "http") {
		t.Errorf("a link is read aloud: %q", said)
	}
	return said
}

func twimlOf(t testing.TB, markup string) (c spokenCall) {
	t.Helper()
	if err := xml.Unmarshal([]byte(markup), &c); err != nil || len(c.Any) != 0 || c.Hangup == nil {
		t.Fatalf("no TwiML: %v %s", err, markup)
	}
	return c
}

func TestCallSaysItTwiceAndOnlyAsText(t *testing.T) {
	v := &voice{twilio{section: Twilio{AnswerURL: answerHook}}}
	n := conform.Hostile(phoneTo)
	said := twimlOf(t, v.twiml(n))
	title := oneLine(n.Title())
	want := []string{title, pressOne, title, pressOne}
	if said.Gather == nil || strings.Join(said.Gather.Say, "|") != strings.Join(want, "|") || strings.Join(said.Say, "|") != openTheDesk {
		t.Errorf("it says %+v", said)
	}
	v.section.AnswerURL = ""
	said = twimlOf(t, v.twiml(n))
	if said.Gather != nil || strings.Join(said.Say, "|") != strings.Join([]string{title, title, openTheDesk}, "|") {
		t.Errorf("without a hook it says %+v", said)
	}
	n.From, n.Test = strings.Repeat("<&\"", 1000), true // the longest escapes, in a title that is not cut
	v.section.AnswerURL = "https://desk.example.org/hooks/" + strings.Repeat("x", 200)
	if got := v.twiml(n); utf8.RuneCountInString(got) > 4000 {
		t.Errorf("TwiML of %d characters", utf8.RuneCountInString(got))
	}
}

func TestTwilioCodesSayWhatToDo(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		final  bool
		why    string
	}{
		{400, `{"code":21610,"message":"+15550100171 has unsubscribed","status":400}`, true, "STOP"},
		{400, `{"code":21211,"message":"+15550100171 is not valid","status":400}`, true, "does not exist"},
		{401, `{"code":20003,"message":"Authenticate","status":401}`, true, "check account_sid, auth_token"},
		{429, `{"code":20429,"message":"Too Many Requests","status":429}`, false, "fewer"},
		{400, `{"code":14107,"message":"rate","status":400}`, false, "fewer"},
		{400, `{"code":99999,"message":"` + conform.AnswerCanary + `"}`, true, "did not accept"},
		{503, `{"code":21610}`, false, "in trouble"},
		{404, `<html>`, true, "does not know"},
	} {
		f := conform.FailedWith(t, conform.Answer{Status: c.status, Body: c.body}, phoneTo, func(base string) channel.Section {
			return &Twilio{AccountSID: account, AuthToken: "t", From: phoneFrom, BaseURL: base}
		})
		if hers := strings.Contains(c.body, "+15550100171"); f.Address != hers { // it is about the number alone
			t.Errorf("%s: about the number %v", c.body, f.Address)
		}
		if f.Final != c.final || !strings.Contains(f.Why, c.why) || strings.Contains(f.Why, phoneTo) {
			t.Errorf("%d %s: %+v", c.status, c.body, f)
		}
	}
}

func TestTwilioKeysAndServices(t *testing.T) {
	key := "SK0123456789abcdef0123456789abcdef"
	service := "MG0123456789abcdef0123456789abcdef"
	var got conform.Request
	stand := conform.OverHTTP{
		Open: func(t testing.TB, base string, o channel.Options) alert.Channel {
			return conform.Opened(t, &Twilio{AccountSID: account, APIKey: key, APISecret: "s", MessagingService: service, BaseURL: base}, o)
		},
		Take: func(t testing.TB, w http.ResponseWriter, r conform.Request) []string { got = r; return nil },
	}
	ch, _ := stand.Start(t, conform.Fine)
	if err := ch.Notify(t.Context(), conform.Notice(phoneTo, conform.Message(alert.New, alert.Page, 1))); err != nil {
		t.Fatal(err)
	}
	m := conform.Form(t, got, "To MessagingServiceSid Body", "")
	user, password, _ := (&http.Request{Header: got.Header}).BasicAuth()
	if user != key || password != "s" || m.Get("MessagingServiceSid") != service || strings.Contains(m.Get("Body"), "Answer 1") {
		t.Errorf("%q %q %q", user, password, m)
	}
}

func TestTwilioSection(t *testing.T) {
	good := Twilio{AccountSID: account, From: phoneFrom}
	for key, spoil := range map[string]func(*Twilio){
		"account_sid: ":       func(c *Twilio) { c.AccountSID = "AC1" },
		"api_key: ":           func(c *Twilio) { c.APISecretFile = "x" },
		"from: ":              func(c *Twilio) { c.From = "" },
		"messaging_service: ": func(c *Twilio) { c.Voice, c.MessagingService = true, "MG0123456789abcdef0123456789abcdef" },
		"answer_url: ":        func(c *Twilio) { c.AnswerURL = "http://desk.example.org/hooks/call" },
		"base_url: ":          func(c *Twilio) { c.BaseURL = "twilio" },
	} {
		c := good
		spoil(&c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), key) {
			t.Errorf("%s: %v", key, err)
		}
	}
	if _, err := good.Open(channel.Options{}); err == nil {
		t.Error("it opens without a token")
	}
	for to, ok := range map[string]bool{phoneTo: true, "": false, "5550100171": false, "+1 555": false, "+0155501001": false, "+15550100171\n": false} {
		if (good.CheckTo(to) == nil) != ok {
			t.Errorf("%q: %v", to, good.CheckTo(to))
		}
	}
	needs := func(c Twilio) (out string) {
		for _, s := range c.Secrets() {
			if s.Needed {
				out += s.Key + " "
			}
		}
		return out
	}
	keyed := Twilio{APIKey: "SK"}
	answered := Twilio{APIKey: "SK", AnswerURL: answerHook}
	secret := Twilio{AuthToken: conform.SecretCanary, APISecret: conform.SecretCanary}
	if got := fmt.Sprintf("%v %+v %#v %s", secret, &secret, secret, secret); strings.Contains(got, conform.SecretCanary) {
		t.Errorf("formatted it says %s", got)
	}
	if needs(good) != "auth_token " || needs(keyed) != "api_secret " || needs(answered) != "auth_token api_secret " {
		t.Errorf("needed: %q, %q, %q", needs(good), needs(keyed), needs(answered))
	}
}

func TestTextsHaveTwoParts(t *testing.T) {
	const link, last = "https://desk.example.org/cases/abcdefghijklmnopqrst", "Answer 1 if you are on it."
	for title, want := range map[string]string{
		"URGENT: clear":                 "URGENT: clear " + link + " " + last,
		"Clínica Müller…":               "Clinica Müller... " + link + " " + last,
		strings.Repeat("a", 500):        strings.Repeat("a", 306-3-2-len(link)-len(last)) + "... " + link + " " + last,
		strings.Repeat("€", 300):        strings.Repeat("€", (306-3-2-len(link)-len(last))/2) + "... " + link + " " + last,
		strings.Repeat("診", 100):        strings.Repeat("診", 134-3-2-len(link)-len(last)) + "... " + link + " " + last,
		strings.Repeat("\U0001F600", 9): strings.Repeat("\U0001F600", 9) + " " + link + " " + last,
	} {
		got := inSegments(title, link, last)
		if got != want || !fits(got) {
			t.Errorf("%.20q: %q (%d), not %q", title, got, utf8.RuneCountInString(got), want)
		}
	}
	if got := inSegments("a", "https://"+strings.Repeat("x", 400), last); got != "a "+last {
		t.Errorf("a link for which there is no room: %q", got)
	}
}

func TestAWrongTwilioAnswerHoldsNothing(t *testing.T) {
	f := conform.FailedWith(t, conform.Answer{Status: 400, Body: `{"code":21211,"message":"` + conform.AnswerCanary + `"}`}, phoneTo, func(base string) channel.Section {
		return &Twilio{Voice: true, AccountSID: account, AuthToken: conform.SecretCanary, From: phoneFrom, BaseURL: base}
	})
	for err := error(f); err != nil; err = errors.Unwrap(err) {
		for _, bad := range []string{conform.AnswerCanary, conform.SecretCanary, phoneTo, account} {
			if strings.Contains(err.Error(), bad) {
				t.Errorf("%q holds %q", err, bad)
			}
		}
	}
}
