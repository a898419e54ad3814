package x

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// names are one of the two spellings that X has: of tweets, as its documentation
// goes on writing, and of posts, as its OpenAPI document has it since 2026.
type names struct {
	host       string // of the types of problems
	param      string // that names the fields
	history    string
	references string
	expandRefs string // the expansion of the references
	note       string
	included   string
	reposts    string
	wrote      string          // how many posts a person has
	fields     map[string]bool // that can be asked for
	expansions map[string]bool
	messages   map[string]bool // fields of a direct message, and what of it can be expanded
	senders    map[string]bool
}

var tweetNames = names{"https://api.twitter.com", "tweet.fields", "edit_history_tweet_ids", "referenced_tweets", "referenced_tweets.id",
	"note_tweet", "tweets", "retweet_count", "tweet_count",
	set(commonFields + " author_id edit_history_tweet_ids in_reply_to_user_id note_tweet referenced_tweets"),
	set(commonExpansions + " edit_history_tweet_ids referenced_tweets.id referenced_tweets.id.author_id referenced_tweets.id.attachments.media_keys entities.note.mentions.username"),
	set(messageFields + " participant_ids referenced_tweets sender_id"), set(messageExpansions + " referenced_tweets.id")}

var postNames = names{"https://api.x.com", "post.fields", "edit_history_post_ids", "referenced_posts", "referenced_posts",
	"note_post", "posts", "repost_count", "post_count",
	set(commonFields + " article_title matched_media_notes note_post note_request_suggestions paid_partnership suggested_source_links suggested_source_links_with_counts"),
	set(commonExpansions + " edit_history_post_ids referenced_posts username"),
	set(messageFields), set(messageExpansions + " referenced_posts")}

const (
	commonFields = "article attachments card_uri community_id context_annotations conversation_id created_at display_text_range edit_controls" +
		" entities geo id lang media_metadata non_public_metrics organic_metrics possibly_sensitive promoted_metrics public_metrics" +
		" reply_settings scopes source text withheld"
	commonExpansions = "article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet attachments.poll_ids" +
		" author_id entities.mentions.username geo.place_id in_reply_to_user_id"
	messageFields     = "attachments created_at dm_conversation_id entities event_type id text"
	messageExpansions = "attachments.media_keys participant_ids sender_id"
)

// The lists of fields that both spellings share, by parameter.
var listed = map[string]map[string]bool{
	"user.fields": set("affiliation confirmed_email connection_status created_at description entities id is_identity_verified location name parody" +
		" profile_banner_url profile_image_url protected public_metrics receives_your_dm subscribes_to_you subscription subscription_type url username" +
		" verified verified_followers_count verified_type withheld"),
	"media.fields": set("alt_text duration_ms height media_key non_public_metrics organic_metrics preview_image_url promoted_metrics public_metrics type url variants width"),
	"poll.fields":  set("duration_minutes end_datetime id options voting_status"),
	"place.fields": set("contained_within country country_code full_name geo id name place_type"),
	"exclude":      set("replies retweets"),
	"event_types":  set("MessageCreate ParticipantsJoin ParticipantsLeave"),
}

var userExpansions = set("affiliation most_recent_tweet_id most_recent_post_id pinned_tweet_id pinned_post_id")

func set(words string) map[string]bool {
	out := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		out[word] = true
	}
	return out
}

// kind is the type of a problem.
func (n names) kind(last string) string {
	if last == "" {
		return "about:blank"
	}
	return n.host + "/2/problems/" + last
}

// spell decides which spelling the request speaks.
func (c *call) spell() {
	posts := c.query.Has("post.fields") || strings.Contains(c.query.Get("expansions"), "_post")
	if only := c.on("spelling"); only == "post" || only == "both" && posts {
		c.names = postNames
	}
}

// parameters refuses what the endpoint or the spelling does not know.
func (c *call) parameters(rt route) *problem {
	if c.old() {
		return nil
	}
	allowed := set(rt.params)
	if allowed["user.fields"] {
		allowed[c.names.param] = true
	}
	for name, values := range c.query {
		if !allowed[name] {
			return invalid(name, values[0], "The query parameter [%s] is not one of [%s]", name, strings.Join(sorted(allowed), ","))
		}
		may := c.may(name, rt)
		for _, value := range strings.Split(values[0], ",") {
			if may != nil && !may[value] {
				return invalid(name, value, "The `%s` query parameter value [%s] is not one of [%s]", name, value, strings.Join(sorted(may), ","))
			}
		}
	}
	return nil
}

// may are the values a parameter can have; nil: any.
func (c *call) may(name string, rt route) map[string]bool {
	switch {
	case name == c.names.param:
		return c.names.fields
	case name == "dm_event.fields":
		return c.names.messages
	case name == "expansions" && rt.private():
		return c.names.senders
	case name == "expansions" && !strings.Contains(rt.params, "media.fields"):
		return userExpansions
	case name == "expansions":
		return c.names.expansions
	}
	return listed[name]
}

func sorted(set map[string]bool) []string {
	var out []string
	for word := range set {
		out = append(out, word)
	}
	slices.Sort(out)
	return out
}

// list is a parameter that holds several words.
func (c *call) list(name string) map[string]bool {
	return set(strings.ReplaceAll(c.query.Get(name), ",", " "))
}

// problem is an answer that something went wrong: an object of problem+json, with a
// code the list of errors that version 1.1 and sometimes 2 gives, or, with neither
// code nor title, just what is in more.
type problem struct {
	status int
	kind   string // last part of its type; empty: about:blank
	title  string
	detail string
	code   int
	more   map[string]any
}

// old is one in the shape of version 1.1.
func old(status, code int, message string) *problem {
	return &problem{status: status, code: code, detail: message}
}

func forbidden(detail string) *problem {
	return &problem{status: http.StatusForbidden, title: "Forbidden", detail: detail}
}

func unauthorized() *problem {
	return &problem{status: http.StatusUnauthorized, title: "Unauthorized", detail: "Unauthorized"}
}

// invalid says which parameter is wrong, or, without a name, what of the body.
func invalid(name, value, format string, args ...any) *problem {
	wrong := map[string]any{"message": fmt.Sprintf(format, args...)}
	if name != "" {
		wrong["parameters"] = map[string][]string{name: {value}}
	}
	return &problem{status: http.StatusBadRequest, kind: "invalid-request", title: "Invalid Request",
		detail: "One or more parameters to your request was invalid.", more: map[string]any{"errors": []any{wrong}}}
}

// missing is a post that a single request was about.
func missing(id string) *problem {
	return &problem{status: http.StatusNotFound, kind: "resource-not-found", title: "Not Found Error",
		detail: fmt.Sprintf("Could not find tweet with id: [%s].", id),
		more:   map[string]any{"resource_type": "tweet", "resource_id": id, "parameter": "id", "value": id}}
}

// partial is why a part of an otherwise good answer is not in it.
type partial struct {
	ResourceType string `json:"resource_type"`
	ResourceID   string `json:"resource_id"`
	Parameter    string `json:"parameter"`
	Value        string `json:"value"`
	Title        string `json:"title"`
	Detail       string `json:"detail"`
	Type         string `json:"type"`
}

func (n names) notFound(resource, parameter, id string) partial {
	return partial{resource, id, parameter, id, "Not Found Error",
		fmt.Sprintf("Could not find %s with %s: [%s].", resource, parameter, id), n.kind("resource-not-found")}
}

func (n names) notAuthorized(parameter, id string) partial {
	return partial{"tweet", id, parameter, id, "Authorization Error",
		fmt.Sprintf("Sorry, you are not authorized to see the Tweet with %s: [%s].", parameter, id), n.kind("not-authorized-for-resource")}
}

func (n names) suspended(parameter, id string) partial {
	return partial{"user", id, parameter, id, "Forbidden",
		fmt.Sprintf("User has been suspended: [%s].", id), n.kind("resource-not-found")}
}

// body gives the JSON and what it is.
func (p *problem) body(n names, contentType string) ([]byte, string) {
	if p.code != 0 {
		return encode(map[string]any{"errors": []any{map[string]any{"message": p.detail, "code": p.code}}}), "application/json; charset=utf-8"
	}
	if p.title == "" {
		return encode(p.more), "application/json; charset=utf-8"
	}
	out := map[string]any{"title": p.title, "detail": p.detail, "type": n.kind(p.kind), "status": p.status}
	for k, v := range p.more {
		out[k] = v
	}
	return encode(out), "application/" + contentType + "; charset=utf-8"
}

// encode does not escape & < > a second time, as X does not.
func encode(v any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // only what this package made is encoded
	}
	return bytes.TrimSpace(out.Bytes())
}
