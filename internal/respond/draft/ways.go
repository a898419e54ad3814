package draft

import (
	"fmt"
	"slices"
	"strings"
)

// DefaultWays is the order in which replies offer the ways to the practice: a
// private message first, where the platform has one. Of the others those are
// offered that the practice has and the platform lets us name.
var DefaultWays = []string{wayPrivate, wayBooking, wayPhone, wayPortal}

const (
	wayPrivate = "private"
	wayBooking = "booking"
	wayPhone   = "phone"
	wayPortal  = "portal"
)

func checkWays(ways []string) error {
	for i, w := range ways {
		if !slices.Contains(DefaultWays, w) {
			return fmt.Errorf("practice: ways has %q; write some of %q, in the order in which replies should offer them", w, DefaultWays)
		}
		if slices.Contains(ways[:i], w) {
			return fmt.Errorf("practice: ways has %q twice; write it once", w)
		}
	}
	return nil
}

// phrases say the ways in one language; each follows on "Please".
type phrases struct {
	Private string `toml:"private"`
	Booking string `toml:"booking"` // at the practice's link
	Phone   string `toml:"phone"`
	// Call is the phone where it is also how to book a consultation.
	Call   string `toml:"call"`
	Portal string `toml:"portal"`
	// Two stands between two of them, Last before the last of more.
	Two  string `toml:"two"`
	Last string `toml:"last"`
}

// say is one phrase with all the ways that can be offered here.
func (w phrases) say(p Practice, l limit, c Channel) string {
	var all []string
	for _, way := range p.offers(l, c) {
		phrase := map[string]string{wayPrivate: w.Private, wayBooking: w.Booking, wayPhone: w.Phone, wayPortal: w.Portal, wayCall: w.Call}[way]
		all = append(all, strings.NewReplacer("{phone}", p.Phone, "{booking}", p.Booking, "{portal}", p.Portal).Replace(phrase))
	}
	if n := len(all); n > 2 {
		return strings.Join(all[:n-1], ", ") + w.Last + all[n-1]
	}
	return strings.Join(all, w.Two)
}

// wayCall is the phone where a consultation is booked by it.
const wayCall = "call"

// offers are the ways that can be offered on a channel of a platform. Where a
// consultation cannot be booked by a link it is booked by phone, and the phone is
// named whatever the practice chose.
func (p Practice) offers(l limit, c Channel) []string {
	ways, phone := p.Ways, wayPhone
	if len(ways) == 0 {
		ways = DefaultWays
	}
	links := !l.noLinks || c == InboxDM
	if slices.Contains(ways, wayBooking) && (p.Booking == "" || !links) {
		phone = wayCall
	}
	if !slices.Contains(ways, wayPhone) {
		ways = append(slices.Clone(ways), wayPhone)
	}
	var out []string
	for _, way := range ways {
		switch {
		case way == wayPrivate && (c == InboxDM || l.private == 0),
			way == wayBooking && phone == wayCall,
			way == wayPortal && (p.Portal == "" || !links):
			continue
		case way == wayPhone:
			way = phone
		}
		out = append(out, way)
	}
	return out
}
