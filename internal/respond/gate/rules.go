package gate

import (
	"cmp"
	"slices"
)

// rule is one reason not to publish: a name, how it finds places on a page
// (from word, to word, not including), and what the writer is told; %s is the
// offending place. What a rule with never finds is refused whatever stands around
// it; what another finds is a doubt, and a kind of it has its own name.
type rule struct {
	name  string
	never bool
	kind  string
	find  func(p *page) [][2]int
	why   string
}

// What the writer is told, by rule.
const (
	whyRelationship = "%s tells everyone that this person is or was a patient. Say it so that it fits a stranger too."
	whyDenial       = "%s tells everyone who is not a patient here. Neither confirm nor deny; say how the office is reached."
	whyDetails      = "%s asks for details where everybody can read the answer. Invite to a call or a private message instead."
	whyVisit        = "%s speaks of this person's appointment or visit. Speak of opening hours or how to reach the office instead."
	whyBilling      = "%s speaks of this person's bill or insurance. Say only how the billing desk is reached."
	whyAdvice       = "%s is medical advice to one person. Say that nobody can be advised here, and how to reach a clinician."
	whyName         = "%s names a person who is not on the list of staff. Leave the name out."
	whyRepeats      = "%s repeats something about this person's health. Say it without that."
	whyIdentifier   = "%s can lead to one person. Leave out numbers, addresses and dates that are not the practice's own."
)

// rules are tried in this order; the first to claim a place keeps it. Every one
// of Topics is among them.
var rules = []rule{
	{name: RuleHidden, never: true, find: either(tricked, markup, broken), why: "%s is written with signs or gaps that hide what it says. Type it in plain letters."},
	{name: "identifier", never: true, find: identifiers, why: whyIdentifier},
	{name: "name", never: true, find: namedPeople, why: whyName},
	{name: "name", kind: "stranger", find: likeNames, why: whyName},
	{name: "details", never: true, find: topic("hard-details"), why: whyDetails},
	{name: "relationship", never: true, find: topic("hard-relationship"), why: whyRelationship},
	{name: "denial", never: true, find: topic("hard-denial"), why: whyDenial},
	{name: "visit", never: true, find: topic("hard-visit"), why: whyVisit},
	{name: "billing", never: true, find: topic("hard-billing"), why: whyBilling},
	{name: "advice", never: true, find: topic("hard-advice"), why: whyAdvice},
	{name: "details", find: topic("details"), why: whyDetails},
	{name: "relationship", find: topic("relationship"), why: whyRelationship},
	{name: "denial", find: topic("denial"), why: whyDenial},
	{name: "visit", find: topic("visit"), why: whyVisit},
	{name: "billing", find: topic("billing"), why: whyBilling},
	{name: "advice", find: topic("advice"), why: whyAdvice},
	{name: "blame", find: topic("blame"), why: "%s argues or blames. Say that the comment was read, and how to talk in private."},
	{name: "terms", find: topic("terms"), why: "%s bargains, threatens or gets personal. Leave it out."},
	{name: "event", find: either(topic("event"), topic("third"), topic("praise")), why: "%s speaks of something that happened to one person. Say what holds for everybody, or leave it out."},
	{name: "relationship", kind: "addressed", find: addressed, why: "%s speaks about this person. Write the sentence so that it holds for everybody."},
	{name: "repeats", never: true, find: said, why: whyRepeats},
	{name: "repeats", find: repeated, why: whyRepeats},
	{name: "health", never: true, find: ownTerms, why: "%s is one of the practice's own medical words. Say it without that, or say that it holds for everybody."},
	{name: "health", find: health, why: "%s is a health fact. Say it without that, or say that it holds for everybody."},
}

// tag names what the rule finds for the network.
func (r *rule) tag() string { return cmp.Or(r.kind, r.name) }

// ruleOf is the rule for what only the network finds.
func ruleOf(topic string) *rule {
	i := slices.IndexFunc(rules, func(r rule) bool { return r.name == topic && !r.never })
	if i < 0 {
		i = slices.IndexFunc(rules, func(r rule) bool { return r.name == topic })
	}
	return &rules[i]
}

// finding is a place that a rule found, from a word to another, not including.
type finding struct {
	rule     *rule
	from, to int
}

// findings are the places that the rules find, those of one rule that touch
// joined.
func (p *page) findings() []finding {
	var out []finding
	for i := range rules {
		places := rules[i].find(p)
		slices.SortFunc(places, func(a, b [2]int) int { return a[0] - b[0] })
		for k := 0; k < len(places); {
			f := finding{&rules[i], places[k][0], places[k][1]}
			for k++; k < len(places) && places[k][0] < f.to; k++ {
				f.to = max(f.to, places[k][1])
			}
			out = append(out, f)
		}
	}
	return out
}
