package x

import (
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
}

var tweetNames = names{"https://api.twitter.com", "tweet.fields", "edit_history_tweet_ids", "referenced_tweets", "referenced_tweets.id",
	"note_tweet", "tweets", "retweet_count", "tweet_count",
	set(commonFields + " author_id edit_history_tweet_ids in_reply_to_user_id note_tweet referenced_tweets"),
	set(commonExpansions + " edit_history_tweet_ids referenced_tweets.id referenced_tweets.id.author_id referenced_tweets.id.attachments.media_keys entities.note.mentions.username")}

var postNames = names{"https://api.x.com", "post.fields", "edit_history_post_ids", "referenced_posts", "referenced_posts",
	"note_post", "posts", "repost_count", "post_count",
	set(commonFields + " article_title matched_media_notes note_post note_request_suggestions paid_partnership suggested_source_links suggested_source_links_with_counts"),
	set(commonExpansions + " edit_history_post_ids referenced_posts username")}

const (
	commonFields = "article attachments card_uri community_id context_annotations conversation_id created_at display_text_range edit_controls" +
		" entities geo id lang media_metadata non_public_metrics organic_metrics possibly_sensitive promoted_metrics public_metrics" +
		" reply_settings scopes source text withheld"
	commonExpansions = "article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet attachments.poll_ids" +
		" author_id entities.mentions.username geo.place_id in_reply_to_user_id"
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
