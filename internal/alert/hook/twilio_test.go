package hook_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func upper(s string) string                  { return strings.ToUpper(s) }
func replaceOnce(s, old, with string) string { return strings.Replace(s, old, with, 1) }

// form is what Twilio posts, from names and values.
func form(pairs ...string) url.Values {
	f := url.Values{"AccountSid": {"AC00"}, "ApiVersion": {"2010-04-01"}}
	for i := 0; i < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return f
}

func reply(words string) url.Values {
	return form("MessageSid", "SM1", "SmsStatus", "received", "From", herPhone, "To", "+15550199", "Body", words)
}

func pressed(digits string) url.Values {
	return form("CallSid", "CA1", "Direction", "outbound-api", "From", "+15550199", "To", herPhone, "Digits", digits)
}

func twilioMAC(token, address string, f url.Values) string {
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(address))
	for _, name := range slices.Sorted(maps.Keys(f)) {
		mac.Write([]byte(name + f.Get(name)))
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// twiml is an answer as Twilio reads it.
type twiml struct {
	XMLName xml.Name `xml:"Response"`
	Message string   `xml:"Message"`
	Say     string   `xml:"Say"`
	Gather  *struct {
		Digits string `xml:"numDigits,attr"`
		Action string `xml:"action,attr"`
		Method string `xml:"method,attr"`
		Say    string `xml:"Say"`
	} `xml:"Gather"`
}

func (p *practice) twilio(t *testing.T, f url.Values) (answer twiml) {
	t.Helper()
	code, body := p.send("/hooks/texts", f.Encode(), map[string]string{"X-Twilio-Signature": twilioMAC(token, public, f)})
	if err := xml.Unmarshal([]byte(body), &answer); code != 200 || err != nil {
		t.Fatalf("%v: %d %q %v", f, code, body, err)
	}
	return answer
}

func TestTextAcknowledgesWhatCallsHer(t *testing.T) {
	for words, acks := range map[string]bool{
		"1": true, "OK": true, " ok! ": true, "Ack": true, "yes": true, "Sí": true, "vale, voy": true, "1.": true, "ok on it": true,
		"": false, "no": false, "11": false, "stop": false, "okra": false, "not ok": false, "ok but I am ill, call Robin": false, "who is this?": false,
	} {
		p := open(t)
		answer := p.twilio(t, reply(words))
		if (len(p.taken) == 1) != acks || len(p.taken) > 1 {
			t.Errorf("%q: %+v", words, p.taken)
		}
		if acks && (p.taken[0].By != "dana" || p.taken[0].How != "texts" || p.taken[0].Key != "cases/urgent/facebook" || !strings.Contains(answer.Message, "is yours")) {
			t.Errorf("%q: %+v, %q", words, p.taken, answer.Message)
		}
		if !acks && !strings.Contains(answer.Message, "answer 1") {
			t.Errorf("%q: answered %q", words, answer.Message)
		}
		if answer.Say != "" || answer.Gather != nil {
			t.Errorf("%q: spoken to", words)
		}
		p.silent(t)
	}
}

func TestKeyAcknowledgesWhatCallsHer(t *testing.T) {
	for digits, acks := range map[string]bool{"1": true, "2": false, "": false, "11": false, "#": false} {
		p := open(t)
		answer := p.twilio(t, pressed(digits))
		if (len(p.taken) == 1) != acks || answer.Message != "" {
			t.Errorf("%q: %+v %q", digits, p.taken, answer.Message)
		}
		if acks && (p.taken[0].By != "dana" || !strings.Contains(answer.Say, "is yours") || answer.Gather != nil) {
			t.Errorf("%q: %+v %+v", digits, p.taken, answer)
		}
		if g := answer.Gather; !acks && (g == nil || g.Digits != "1" || g.Action != public || g.Method != "POST" || !strings.Contains(g.Say, "press 1")) {
			t.Errorf("%q: asked %+v", digits, g)
		}
	}
}

func TestAllThatCallsHerIsAcknowledgedAndNothingElse(t *testing.T) {
	p := open(t)
	tell, over, hidden := trouble("a", "i3", "dana"), trouble("b", "i4", "dana"), trouble("c", "i5", "dana")
	tell.Alert.Severity, over.Gone, hidden.HiddenBy = "tell", began, "bus"
	p.told = append(p.told, trouble("second", "i2", "dana"), tell, over, hidden)
	if answer := p.twilio(t, reply("1")); len(p.taken) != 2 || !strings.Contains(answer.Message, "The 2 alerts") {
		t.Errorf("%+v %q", p.taken, answer.Message)
	}
}

func TestStrangersGetNothing(t *testing.T) {
	p := open(t)
	for _, f := range []url.Values{
		form("MessageSid", "SM1", "From", "+15550142", "Body", "1"),
		form("MessageSid", "SM1", "Body", "1"),
		form("CallSid", "CA1", "Direction", "outbound-api", "To", "+15550142", "Digits", "1", "From", herPhone),
		form(),
	} {
		if answer := p.twilio(t, f); answer.Message+answer.Say != "" || answer.Gather != nil || len(p.taken) != 0 {
			t.Errorf("%v: %+v %+v", f, answer, p.taken)
		}
	}
	p.silent(t)
}

// A text that is played back later acknowledges nothing that began since.
func TestATextCountsOnce(t *testing.T) {
	p := open(t)
	p.twilio(t, reply("1"))
	p.told[0].Round++ // and she was told so
	line := p.told[0].Lines["a"]
	line.Round++
	p.told[0].Lines["a"] = line
	if answer := p.twilio(t, reply("1")); len(p.taken) != 1 || answer.Message != "" {
		t.Errorf("%+v %q", p.taken, answer.Message)
	}
	other := reply("1")
	other.Set("MessageSid", "SM2")
	if p.twilio(t, other); len(p.taken) != 2 {
		t.Errorf("another text: %+v", p.taken)
	}
	other.Set("MessageSid", "SM3")
	if answer := p.twilio(t, other); len(p.taken) != 2 || !strings.Contains(answer.Message, "Nothing is calling you") {
		t.Errorf("nothing left: %+v %q", p.taken, answer.Message)
	}
}

func TestSheIsToldWhatCouldNotBeNoted(t *testing.T) {
	p := open(t)
	p.full = errors.New("no room")
	if answer := p.twilio(t, reply("1")); !strings.Contains(answer.Message, "the calls go on") {
		t.Errorf("%q", answer.Message)
	}
	p.full = nil
	if answer := p.twilio(t, reply("1")); len(p.taken) != 1 || !strings.Contains(answer.Message, "is yours") {
		t.Errorf("tried again: %+v %q", p.taken, answer.Message)
	}
	p.silent(t)
}

func TestTwilioSignature(t *testing.T) {
	f := reply("1")
	twice := form("MessageSid", "SM1", "From", herPhone, "Body", "1", "Media", "b", "Media", "a", "Media", "a")
	signedTwice := base64HMAC(token, public+"AccountSidAC00ApiVersion2010-04-01Body1From"+herPhone+"MediaaMediabMessageSidSM1")
	for name, c := range map[string]struct {
		path, signature string
		form            url.Values
		code            int
	}{
		"right":          {"", twilioMAC(token, public, f), f, 200},
		"with the port":  {"", twilioMAC(token, strings.Replace(public, ".example", ".example:443", 1), f), f, 200},
		"with a query":   {"?x=1", twilioMAC(token, public+"?x=1", f), f, 200},
		"values twice":   {"", signedTwice, twice, 200},
		"query unsigned": {"?x=1", twilioMAC(token, public, f), f, 401},
		"missing":        {"", "", f, 401},
		"other token":    {"", twilioMAC("other", public, f), f, 401},
		"other address":  {"", twilioMAC(token, "https://desk.example/hooks/other", f), f, 401},
		"plain":          {"", twilioMAC(token, strings.Replace(public, "https", "http", 1), f), f, 401},
		"other words":    {"", twilioMAC(token, public, reply("no")), f, 401},
		"other port":     {"", twilioMAC(token, strings.Replace(public, ".example", ".example:8443", 1), f), f, 401},
		"no base64":      {"", "%%%", f, 401},
		"cut short":      {"", twilioMAC(token, public, f)[:8], f, 401},
		"signed nothing": {"", twilioMAC(token, public, nil), f, 401},
	} {
		p := open(t)
		code, body := p.send("/hooks/texts"+c.path, c.form.Encode(), map[string]string{"X-Twilio-Signature": c.signature})
		if code != c.code || (len(p.taken) == 1) != (code == 200) || code != 200 && body != "" {
			t.Errorf("%s: %d %q, %d acknowledged", name, code, body, len(p.taken))
		}
	}
	p := open(t)
	if code, _ := p.send("/hooks/texts", "Body=%zz", map[string]string{"X-Twilio-Signature": twilioMAC(token, public, nil)}); code != 401 {
		t.Errorf("no form: %d", code)
	}
}

func base64HMAC(key, said string) string {
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(said))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
