<?php
/**
 * Forgets what the plugin stored.
 *
 * @package Triage_Nudge
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;
delete_option( 'triage_nudge' );
