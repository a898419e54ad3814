package draft

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"triage/internal/respond/gate"
)

// Practice is what replies say about the practice itself: the section
// [practice] of the configuration.
type Practice struct {
	// Name is the practice's public name; private messages sign with it.
	Name string `toml:"name"`
	// Phone is the number every reply gives.
	Phone string `toml:"phone"`
	// Booking is where anybody can book a consultation, an https address;
	// empty: replies invite to book by phone.
	Booking string `toml:"booking"`
	// Portal is the secure portal that replies name where a platform allows links, an
	// https address; empty: none is named.
	Portal string `toml:"portal"`
	// Ways are the ways to the practice that replies offer, in this order; empty:
	// DefaultWays. The phone is always among them.
	Ways []string `toml:"ways"`
	// Emergency is the local emergency number; empty: 911.
	Emergency string `toml:"emergency"`
	// Crisis is the local crisis line; empty: 988.
	Crisis string `toml:"crisis"`
	// Zone is where the practice's clock is, such as "America/Los_Angeles"; empty:
	// where the machine's is. No reply says it.
	Zone string `toml:"zone"`
	// Languages are those that staff can go on in, such as "en" and "es"; a
	// comment in another is answered in the first of them. Empty: en.
	Languages []string `toml:"languages"`
	// Staff are the names that a reply may say.
	Staff []string `toml:"staff"`
	// Domains are the practice's own domains and e-mail addresses beside those
	// of Booking and Portal, and Phones its further numbers.
	Domains []string `toml:"domains"`
	Phones  []string `toml:"phones"`
}

// spoken are the languages that there are wordings in.
var spoken = []string{"en", "es", "fr"}

// Validate tells what is missing or wrong, and what to write instead.
func (p Practice) Validate() error {
	switch {
	case strings.TrimSpace(p.Name) == "":
		return fmt.Errorf("practice: name is empty; write the practice's public name, such as name = \"Cedar Family Practice\"")
	case digitCount(p.Phone) < 3:
		return fmt.Errorf("practice: phone is %q; write the number people should call, such as phone = \"(503) 555-0142\"", p.Phone)
	case p.Emergency != "" && digitCount(p.Emergency) < 2:
		return fmt.Errorf("practice: emergency is %q; write the local emergency number, or leave it out for 911", p.Emergency)
	case p.Crisis != "" && digitCount(p.Crisis) < 2:
		return fmt.Errorf("practice: crisis is %q; write the local crisis line, or leave it out for 988", p.Crisis)
	}
	for _, lang := range p.Languages {
		if !slices.Contains(spoken, lang) {
			return fmt.Errorf("practice: languages has %q; there are wordings in %s", lang, strings.Join(spoken, ", "))
		}
	}
	if err := checkWays(p.Ways); err != nil {
		return err
	}
	for key, link := range map[string]string{"booking": p.Booking, "portal": p.Portal} {
		if link == "" {
			continue
		}
		if u, err := url.Parse(link); err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil {
			return fmt.Errorf("practice: %s is %q; write a plain https address without parameters, such as https://cedar.example/book, or leave it out", key, link)
		}
	}
	return nil
}

// answers are the languages in which staff can go on.
func (p Practice) answers() []string {
	if len(p.Languages) == 0 {
		return []string{"en"}
	}
	return p.Languages
}

// Own lists the practice's own numbers, addresses and domains, for the gate.
func (p Practice) Own() []string {
	out := append([]string{p.Phone, cmp.Or(p.Emergency, "911"), cmp.Or(p.Crisis, "988")}, p.Phones...)
	out = append(out, p.Domains...)
	for _, link := range []string{p.Booking, p.Portal} {
		if u, err := url.Parse(link); err == nil && u.Host != "" {
			out = append(out, u.Host)
		}
	}
	return out
}

// GateOptions are what the practice's gate is made with: its name, its staff
// and its own numbers and addresses may be said.
func (p Practice) GateOptions() gate.Options {
	return gate.Options{Staff: append([]string{p.Name}, p.Staff...), Own: p.Own()}
}

// facts are the placeholders of a wording. The links are always there, so that
// a wording can leave words out where one is empty.
func (p Practice) facts() map[string]string {
	return map[string]string{
		"Name":      p.Name,
		"Phone":     p.Phone,
		"Booking":   p.Booking,
		"Portal":    p.Portal,
		"Emergency": cmp.Or(p.Emergency, "911"),
		"Crisis":    cmp.Or(p.Crisis, "988"),
	}
}

func digitCount(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
