package x

import (
	"net/http"
	"strings"
	"time"

	"triage/internal/ingest"
)

// rule gives a verdict where everything fits that it names.
type rule struct {
	codes  []int
	kinds  []string
	says   string
	status int
	action ingest.ActionKind
	verdict
}

// fits reports whether the rule is about a failure: one of its codes, one of its
// kinds, or its words; where it names none of them, its status.
func (r rule) fits(f failure, status int, action ingest.ActionKind) bool {
	if r.action != "" && r.action != action || r.status != 0 && r.status != status {
		return false
	}
	for _, code := range r.codes {
		if code == f.code {
			return true
		}
	}
	for _, kind := range r.kinds {
		if kind == f.kind {
			return true
		}
	}
	if r.says != "" {
		return strings.Contains(f.says, r.says)
	}
	return len(r.codes)+len(r.kinds) == 0
}

const (
	spentWait  = time.Hour
	clockWait  = 10 * time.Minute
	robotWait  = 12 * time.Hour
	lockedWait = longestWait
)

// rules are tried from the top; the first that fits wins.
var rules = []rule{
	{codes: []int{64, 326}, verdict: verdict{kind: ingest.Dead, result: ingest.Refused, stop: true, wait: lockedWait,
		why: "X has suspended or locked the account; sign in to it on x.com, do what X asks there, then connect it again"}},
	{codes: []int{135}, verdict: verdict{kind: ingest.Forbidden, result: ingest.Later, wait: clockWait,
		why: "X says that this machine's clock is wrong; set it to the right time, best by a time server"}},
	{codes: []int{32, 89, 99, 215}, verdict: dead},
	{codes: []int{226}, verdict: verdict{kind: ingest.Throttled, result: ingest.Refused, stop: true, wait: robotWait,
		why: "X takes the account for a robot and refused this; post nothing for half a day, and label the account as automated in its settings on x.com"}},
	{codes: []int{88, 185, 344}, verdict: throttled},
	{kinds: []string{"usage-capped"}, verdict: spent},
	{status: http.StatusPaymentRequired, verdict: spent},
	{codes: []int{187}, verdict: duplicate},
	{says: "duplicate content", verdict: duplicate},
	{codes: []int{425, 433}, verdict: uncalled},
	{says: "not been mentioned or otherwise engaged", verdict: uncalled},
	{says: "reply to this conversation is not allowed", verdict: uncalled},
	{codes: []int{150, 151, 349}, verdict: closed},
	{says: "permission to dm", verdict: closed},
	{says: "this operation is not permitted", action: ingest.Private, verdict: closed},
	{codes: []int{34, 144, 385, 421, 422}, verdict: gone},
	{kinds: []string{notFound}, verdict: gone},
	{codes: []int{63, 179}, verdict: unseen},
	{kinds: []string{"not-authorized-for-resource"}, verdict: unseen},
	{codes: []int{93, 220, 261, 453}, verdict: forbidden},
	{kinds: []string{"oauth1-permissions", "client-forbidden", "unsupported-authentication", "disallowed-resource",
		"not-authorized-for-field", "field-unauthorized"}, verdict: forbidden},
	{codes: []int{186}, verdict: refused("X finds the text too long; shorten it and approve it again")},
	{codes: []int{130, 131}, verdict: trouble},
	{kinds: []string{unavailable, broken}, verdict: trouble},
	{kinds: []string{"invalid-request"}, verdict: wrong},
	{kinds: []string{"conflict"}, verdict: duplicate},
	{status: http.StatusConflict, verdict: duplicate},
	{status: http.StatusTooManyRequests, verdict: throttled},
	{status: http.StatusUnauthorized, verdict: dead},
	{status: http.StatusNotFound, verdict: gone},
	{status: http.StatusForbidden, action: ingest.Hide,
		verdict: refused("X lets the practice hide only replies in conversations that it began; hide or report it by hand on x.com")},
}

var (
	dead = verdict{kind: ingest.Dead, result: ingest.Refused, stop: true,
		why: "X no longer accepts the account's keys or token; connect the account again, or copy new ones from X's developer portal"}
	spent = verdict{kind: ingest.Forbidden, result: ingest.Later, stop: true, wait: spentWait,
		why: "the credits or the monthly amount bought from X are used up; add credits in X's developer portal, it then goes on by itself"}
	throttled = verdict{kind: ingest.Throttled, result: ingest.Later,
		why: "X asks this account to call less often; nothing to do, it goes on by itself"}
	duplicate = verdict{kind: ingest.Bad, result: ingest.Unclear,
		why: "X says that the account posted the same text a moment ago; look on X whether it was published here"}
	uncalled = refused("X lets apps answer only where the author named or quoted the practice on purpose; copy the text and answer by hand on x.com")
	closed   = refused("X allows no private message from the practice to this person; answer in public or by phone")
	gone     = verdict{kind: ingest.Bad, result: ingest.Refused, gone: true,
		why: "X does not have this post any more, it was deleted; there is nothing left to do unless it still shows on x.com"}
	unseen = verdict{kind: ingest.Forbidden, result: ingest.Refused,
		why: "X does not show this post to the practice: its author's account is protected, suspended, or blocks the practice; nothing can be done from here"}
	forbidden = verdict{kind: ingest.Forbidden, result: ingest.Refused,
		why: "the app or the account's keys may not do this; in X's developer portal give the app read and write permission (and direct messages if private is on), check which API access was bought, then make new keys"}
	trouble = verdict{kind: ingest.Temporary, result: ingest.Unclear,
		why: "X has trouble of its own and does not say whether it worked; nothing to do, triage looks again by itself"}
	between = refused("the answer is not one that X gives, so something before it refused this; do it by hand on x.com, and have base_url and the proxy or firewall checked")
	wrong   = refused("X did not understand the request; do it by hand on x.com and report this code to whoever looks after triage")
)

func refused(why string) verdict {
	return verdict{kind: ingest.Bad, result: ingest.Refused, why: why}
}
