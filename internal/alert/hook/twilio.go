package hook

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"go.uber.org/zap"

	"triage/internal/alert"
)

// yes are the first words of a text that says "I am on it", in the desk's languages;
// fewWords is how many words it may have: "ok, but I am ill" takes nothing over.
var yes = []string{"1", "ok", "okay", "ack", "yes", "sí", "si", "vale"}

const fewWords = 3

// signedByTwilio: X-Twilio-Signature is the HMAC-SHA1 of the whole address and, sorted,
// each parameter's name and value, in base64. Twilio signs https addresses with or
// without the default port.
func signedByTwilio(s Source, r *http.Request, body []byte) bool {
	form, err := url.ParseQuery(string(body))
	given, err64 := base64.StdEncoding.DecodeString(r.Header.Get("X-Twilio-Signature"))
	if err != nil || err64 != nil {
		return false
	}
	ok := false
	for _, address := range addresses(s.URL, r.URL.RawQuery) {
		ok = same(given, twilioSignature(s.Secret, address, form)) || ok
	}
	return ok
}

// addresses are those under which Twilio may know a hook.
func addresses(public, query string) []string {
	if query != "" {
		public += "?" + query
	}
	u, err := url.Parse(public)
	if err != nil || u.Host == "" {
		return nil
	}
	other := *u
	switch {
	case u.Port() == "443":
		other.Host = strings.TrimSuffix(u.Host, ":443")
	case u.Port() == "" && u.Scheme == "https":
		other.Host += ":443"
	default:
		return []string{public}
	}
	return []string{public, other.String()}
}

func twilioSignature(token, address string, form url.Values) []byte {
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(address))
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range slices.Compact(slices.Sorted(slices.Values(form[name]))) {
			mac.Write([]byte(name + value))
		}
	}
	return mac.Sum(nil)
}

// twilio acts on a text message or on a key that was pressed in a call. Who is not one
// of the practice's people gets no answer at all.
func (h *Handler) twilio(w http.ResponseWriter, r *http.Request, s Source, body []byte) {
	form, _ := url.ParseQuery(string(body)) // it was parsed for the signature
	answer := say
	if form.Get("CallSid") == "" {
		answer = text
	}
	names := s.people(phone(form))
	switch id := form.Get("MessageSid") + form.Get("CallSid"); {
	case len(names) == 0 || h.seen.has(id):
		twiml(w, response{})
	case !isYes(form):
		twiml(w, again(form, s.URL))
	default:
		n, err := h.acknowledgeAll(r, s, names)
		if err == nil {
			h.seen.add(id)
		} else {
			h.log.Error("an acknowledgement was not noted", zap.String("channel", s.Name), zap.Error(err))
		}
		twiml(w, answer(outcome(n, err)))
	}
}

// phone is the number of the person: who wrote, or who was called.
func phone(form url.Values) string {
	if strings.HasPrefix(form.Get("Direction"), "outbound") {
		return form.Get("To")
	}
	return form.Get("From")
}

func isYes(form url.Values) bool {
	if form.Get("CallSid") != "" {
		return form.Get("Digits") == "1"
	}
	words := strings.FieldsFunc(strings.ToLower(form.Get("Body")), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return len(words) > 0 && len(words) <= fewWords && slices.Contains(yes, words[0])
}

// acknowledgeAll acknowledges everything that calls the people whose phone it is, as far as
// they were told of it: each as the one of them who was called last. n is how many.
func (h *Handler) acknowledgeAll(r *http.Request, s Source, names []string) (n int, err error) {
	for _, one := range h.duty.Calling() {
		name := calledLast(one, names)
		one, called := one.AsHeard(func(line alert.Heard) bool { return line.Person == name })
		if !called {
			continue
		}
		if err := h.acknowledge(r.Context(), one, name, s.Name); err != nil {
			return n, err
		}
		n++
		h.log.Info("acknowledged", zap.String("channel", s.Name), zap.String("alert", one.Alert.Key))
	}
	return n, nil
}

// calledLast is the one of them who was called last about it; empty: none was.
func calledLast(one alert.Standing, names []string) (name string) {
	var last time.Time
	for _, line := range one.Lines {
		at := line.Last
		if line.Tried.After(at) {
			at = line.Tried // it may have arrived all the same
		}
		if line.Round == one.Round && slices.Contains(names, line.Person) && (name == "" || at.After(last)) {
			name, last = line.Person, at
		}
	}
	return name
}

// outcome says what came of it.
func outcome(n int, err error) string {
	switch {
	case err != nil:
		return "That could not be noted, and the calls go on. Please acknowledge on the on-call page of the desk."
	case n == 0:
		return "Nothing is calling you now, so there was nothing to acknowledge."
	case n == 1:
		return "Thank you. The alert is yours, and nobody else is called about it. Please open the desk now."
	}
	return fmt.Sprintf("Thank you. The %d alerts are yours, and nobody else is called about them. Please open the desk now.", n)
}

// again says how to acknowledge to somebody who said something else.
func again(form url.Values, address string) response {
	if form.Get("CallSid") == "" {
		return text("To say that you are on it, answer 1. Nothing was acknowledged, and nobody reads what else is written here.")
	}
	return response{Gather: &gather{Digits: 1, Method: http.MethodPost, Action: address, Say: "Nothing was acknowledged. To say that you are on it, press 1."}}
}

// response is an answer in TwiML, Twilio's markup; empty: Twilio does nothing.
type response struct {
	XMLName xml.Name `xml:"Response"`
	Message string   `xml:"Message,omitempty"`
	Say     string   `xml:"Say,omitempty"`
	Gather  *gather  `xml:"Gather"`
}

type gather struct {
	Digits int    `xml:"numDigits,attr"`
	Method string `xml:"method,attr"`
	Action string `xml:"action,attr"`
	Say    string `xml:"Say"`
}

func text(words string) response { return response{Message: words} }
func say(words string) response  { return response{Say: words} }

func twiml(w http.ResponseWriter, answer response) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	out, _ := xml.Marshal(answer) // strings and a number: it cannot fail
	_, _ = w.Write(append([]byte(xml.Header), out...))
}
