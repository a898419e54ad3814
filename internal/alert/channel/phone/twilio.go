// Package phone has the channels that send texts and call, by Twilio.
package phone

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"triage/internal/alert"
	"triage/internal/alert/channel"
)

// Twilio is the section of a number at Twilio that sends texts, or calls and speaks
// (www.twilio.com/docs/messaging/api and .../voice/api).
type Twilio struct {
	// Voice: it calls; otherwise it sends texts. The kind says it, not the section.
	Voice bool `toml:"-"`
	// AccountSID is the account's, "AC" and 32 characters.
	AccountSID string `toml:"account_sid"`
	// AuthToken is the account's own token. Answers are signed with it, so it is needed
	// for them even where an API key is there.
	AuthToken     string `toml:"auth_token"`
	AuthTokenFile string `toml:"auth_token_file"`
	// APIKey and APISecret are used in place of the token where they are there: a key can
	// be revoked alone.
	APIKey        string `toml:"api_key"`
	APISecret     string `toml:"api_secret"`
	APISecretFile string `toml:"api_secret_file"`
	// From is our number in E.164. A text may come from a messaging service instead.
	From             string `toml:"from"`
	MessagingService string `toml:"messaging_service"`
	// AnswerURL is where Twilio brings answers: the public https address of the desk and
	// /hooks/ with the channel's name. Empty: nobody can answer.
	AnswerURL string `toml:"answer_url"`
	// BaseURL is for rehearsals; empty: https://api.twilio.com.
	BaseURL string `toml:"base_url"`
}

var (
	phonePattern   = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	accountPattern = regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)
	keyPattern     = regexp.MustCompile(`^SK[0-9a-fA-F]{32}$`)
	servicePattern = regexp.MustCompile(`^MG[0-9a-fA-F]{32}$`)
)

// Validate says what is wrong with the section first.
func (c *Twilio) Validate() error {
	switch {
	case !accountPattern.MatchString(c.AccountSID):
		return errors.New("account_sid: it is not an account of Twilio: copy the Account SID from the console, AC and 32 characters")
	case c.APIKey != "" && !keyPattern.MatchString(c.APIKey):
		return errors.New("api_key: it is not a key of Twilio: copy its SID, SK and 32 characters")
	case c.APIKey == "" && (c.APISecret != "" || c.APISecretFile != ""):
		return errors.New("api_key: it is missing, and there is an api_secret: write the SID of the key that it belongs to")
	case c.From != "" && !phonePattern.MatchString(c.From):
		return errors.New("from: it is not a phone number: write + and the country's code, such as +15550100000")
	case c.MessagingService != "" && !servicePattern.MatchString(c.MessagingService):
		return errors.New("messaging_service: it is not one of Twilio's: copy its SID, MG and 32 characters")
	}
	return c.validWays()
}

// validWays checks what the kind needs: from whom, and where answers go.
func (c *Twilio) validWays() error {
	switch {
	case c.Voice && c.MessagingService != "":
		return errors.New("messaging_service: a call cannot come from one: write the number it comes from as from")
	case c.From == "" && (c.Voice || c.MessagingService == ""):
		return errors.New("from: it is missing: write our number at Twilio, such as +15550100000")
	case c.From != "" && c.MessagingService != "":
		return errors.New("messaging_service: there is from too: write one of them")
	}
	if c.AnswerURL != "" {
		if err := channel.CheckBase("answer_url", c.AnswerURL); err != nil {
			return err
		}
	}
	return channel.CheckBase("base_url", c.BaseURL)
}

// Secrets are the keys that may be given as files.
func (c *Twilio) Secrets() []channel.Secret {
	return []channel.Secret{
		{Key: "auth_token", Value: &c.AuthToken, File: c.AuthTokenFile, Needed: c.APIKey == "" || c.AnswerURL != ""},
		{Key: "api_secret", Value: &c.APISecret, File: c.APISecretFile, Needed: c.APIKey != ""},
	}
}

// CheckTo says whether an address is a phone number.
func (c *Twilio) CheckTo(address string) error {
	if !phonePattern.MatchString(address) {
		return errors.New("it is not a phone number: write + and the country's code, without spaces, such as +15550100001")
	}
	return nil
}

// Format keeps the secrets out of every formatted string, whatever the verb.
func (c Twilio) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[twilio section]") }

// Open returns the channel.
func (c *Twilio) Open(o channel.Options) (alert.Channel, error) {
	user, password, key := c.AccountSID, c.AuthToken, "account_sid and auth_token"
	if c.APIKey != "" {
		user, password, key = c.APIKey, c.APISecret, "api_key and api_secret"
	}
	if password == "" {
		return alert.Channel{}, errors.New("auth_token: it is empty: copy it from Twilio's console, or write api_key and api_secret")
	}
	r, err := o.Remote("Twilio", key, "")
	if err != nil {
		return alert.Channel{}, err
	}
	t := twilio{Remote: r, at: channel.BaseOr(c.BaseURL, "https://api.twilio.com") + "/2010-04-01/Accounts/" + c.AccountSID, section: *c,
		header: http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))}}}
	if c.Voice {
		return alert.Channel{Kind: "voice", Rings: true, Notifier: &voice{t}}, nil
	}
	return alert.Channel{Kind: "sms", Notifier: &sms{t}}, nil
}

// twilio posts by itself: shoutrrr's has no calls, no API keys and no host but Twilio's
// own, and hides the code by which a person who wrote STOP is told from a wrong number.
type twilio struct {
	*channel.Remote
	at      string
	section Twilio
	header  http.Header
}

// create posts to one of the account's lists. Twilio has no name for a request that is
// tried again, so it comes twice where only the answer was lost.
func (t *twilio) create(ctx context.Context, list string, form url.Values) error {
	got, err := t.PostForm(ctx, t.at+"/"+list+".json", form, t.header)
	return twilioVerdict(got, err)
}

// twilioCodes are the errors that a person can mend, by Twilio's list of them
// (www.twilio.com/docs/api/errors), and what to do.
var twilioCodes = map[int]string{
	10001: "Twilio has suspended the account: look at its console",
	10002: "the account at Twilio is a trial and does not do this: upgrade it in the console",
	20003: "Twilio refused us: check account_sid, auth_token or the API key, and whether the account is paid and active",
	20005: "Twilio has suspended or closed the account: look at its console",
	21201: "the person's phone number is missing: write it at her line in the configuration",
	21205: "Twilio cannot reach answer_url: write the public https address of the desk's /hooks/ page",
	21210: "from is not a number that this Twilio account may call from: check from in its section",
	21211: "Twilio says that the person's phone number does not exist: check it in the configuration",
	21212: "Twilio does not accept our own number: check from in its section",
	21214: "Twilio says that the person's phone number cannot be reached: check it in the configuration",
	21215: "the account at Twilio may not call that country: allow it in the console (Voice, geographic permissions)",
	21216: "the account at Twilio may not call that number: ask Twilio why it is blocked",
	21217: "Twilio says that the person's phone number is not valid: check it in the configuration",
	21219: "the account at Twilio is a trial: verify the person's number in the console, or upgrade it",
	21408: "the account at Twilio may not send texts to that country: allow it in the console (Messaging, geo permissions)",
	21421: "Twilio does not accept our own number: check from in its section",
	21603: "Twilio is not told from which number: write from or messaging_service in its section",
	21606: "from is not a number that this Twilio account may send texts from: check it in its section",
	21608: "the account at Twilio is a trial: verify the person's number in the console, or upgrade it",
	21610: "the person's phone has written STOP and gets no more texts: START must be written from it to our number",
	21612: "Twilio has no way from our number to the person's: use another number as from",
	21614: "the person's phone number takes no texts: write a mobile number in the configuration",
	21659: "from is not a number of this Twilio account: check it in its section",
	21660: "from is not a number of this Twilio account: check it in its section",
	21705: "Twilio does not know the messaging service: check messaging_service in its section",
}

// herNumber are those of them that are about the number that was called.
var herNumber = []int{21201, 21211, 21214, 21216, 21217, 21219, 21608, 21610, 21614}

// twilioVerdict says more where Twilio's code does. Of its answer only the number is read.
func twilioVerdict(got channel.Reply, err error) error {
	f, ok := errors.AsType[*alert.Failure](err)
	var said struct{ Code int }
	if !ok || got.Status/100 != 4 || json.Unmarshal(got.Body, &said) != nil {
		return err
	}
	switch why := twilioCodes[said.Code]; {
	case said.Code == 20429 || said.Code == 14107 || said.Code == 10004: // too many at once
		f.Why, f.Final = "Twilio wants fewer messages at once: it is tried again", false
	case why != "":
		f.Why, f.Final, f.After, f.Address = why, true, 0, slices.Contains(herNumber, said.Code)
	}
	return f
}

type sms struct{ twilio }

// Notify implements alert.Notifier.
func (s *sms) Notify(ctx context.Context, n alert.Notice) error {
	answer := ""
	switch paged := n.Severity() == alert.Page; {
	case paged && s.section.AnswerURL != "":
		answer = "Answer 1 if you are on it."
	case paged && channel.Link(n) != "":
		answer = "Sign in there and say that you are on it."
	}
	form := url.Values{"To": {n.To}, "Body": {inSegments(n.Title(), channel.Link(n), answer)}}
	if s.section.MessagingService != "" {
		form.Set("MessagingServiceSid", s.section.MessagingService)
	} else {
		form.Set("From", s.section.From)
	}
	return s.create(ctx, "Messages", form)
}

type voice struct{ twilio }

// rings is for how long the phone rings, in seconds; longer ends at many a mailbox.
const rings = "30"

// Notify implements alert.Notifier.
func (v *voice) Notify(ctx context.Context, n alert.Notice) error {
	return v.create(ctx, "Calls", url.Values{"To": {n.To}, "From": {v.section.From}, "Timeout": {rings}, "Twiml": {v.twiml(n)}})
}

// longestSpoken is how much of a notice is said each time, in characters: TwiML may have
// 4,000, and each may be an escape of up to six.
const longestSpoken = 250

// twimlCall is what Twilio does in a call, in its markup.
type twimlCall struct {
	XMLName xml.Name `xml:"Response"`
	Gather  *gather
	Say     []spoken
	Hangup  struct{}
}

// gather waits for one key and posts it; no key: the call goes on after it.
type gather struct {
	Digits  int    `xml:"numDigits,attr"`
	Method  string `xml:"method,attr"`
	Action  string `xml:"action,attr"`
	Timeout int    `xml:"timeout,attr"`
	Say     []spoken
}

type spoken struct {
	Language string `xml:"language,attr"`
	Text     string `xml:",chardata"`
}

// twiml says the notice twice, without links, and waits for a key where somebody hears it.
func (v *voice) twiml(n alert.Notice) string {
	words := spoken{"en-US", channel.CutRunes(oneLine(n.Title()), longestSpoken)}
	c := twimlCall{Say: []spoken{words, words}}
	if n.Severity() == alert.Page {
		c.Say = append(c.Say, spoken{"en-US", "Please open the desk, and say there that you are on it. Goodbye."})
	}
	if n.Severity() == alert.Page && v.section.AnswerURL != "" {
		press := spoken{"en-US", "To say that you are on it, press 1."}
		c.Gather = &gather{Digits: 1, Method: http.MethodPost, Action: v.section.AnswerURL, Timeout: 8, Say: []spoken{words, press, words, press}}
		c.Say = c.Say[2:]
	}
	out, _ := xml.Marshal(c) // strings and numbers: it cannot fail
	return string(out)
}
