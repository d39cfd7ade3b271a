"""Who may do what, as a plain table that owes nothing to policies/access.cedar: it was written from the handbook.

A line is an action, the kind of thing it is done to, the purposes it is declared for, who may, and what must hold.
Who: a role in the study, `glass` for whoever has a role and broke it, `role?action|action` where one of these is
asked for, `vault:` and a role in the vault, `pipeline`, `self` (whose voice it is), `asked` (who worked in a
study that is closed).

    consent    consent was given, stands, has not expired, and the study is approved
    named      the purpose is one the participant consented to, and no embargo holds it up
    open       today is within the study's dates
    released   the interview is released
    unreviewed the study asks for no review by a person
    voices     the study keeps voices
    unheld     no hold keeps what is theirs
    second     another asked, nobody approved, it is not used, its time is not over, and it is for this
    approved   who goes on is who asked, another approved and still may, it is not used or closed, its time is not
               over, and it is for this
    mine       whoever comes with a request comes with one of their own, for this, that is not used, closed or over
    name       what was asked for is who somebody is
    fresh      the passphrase was given for this command
    few        what is released is not more than one person hands off
    over       consent does not hold, or the key is destroyed already
    whole      no broken glass of the study waits for its review
    others, unreviewed-glass   another broke it, and nobody has reviewed that
    going      the study is not closed
    overdue    the time of all that is left of the study is over, or it is closed already
    steward-again   after a withdrawal only the study's steward
"""

TABLE = """
create_study          Vault  stewardship  vault:steward
register_model        Vault  stewardship  vault:steward,vault:administrator
read_ledger           Vault  stewardship  vault:steward,vault:auditor
unlock                Vault  stewardship  vault:steward,vault:administrator
protect_root          Vault  stewardship  vault:steward,vault:administrator
rotate_root           Vault  stewardship  vault:steward,vault:administrator
escrow_root           Vault  stewardship  vault:steward                        approved,fresh
ask_for_vault         Vault  stewardship  vault:steward?escrow_root            mine
approve_for_vault     Vault  stewardship  vault:steward                        second,fresh
check_store           Vault  stewardship  vault:steward,vault:administrator
back_up               Vault  stewardship  vault:steward,vault:administrator
back_up_link          Vault  stewardship  vault:steward
add_vault_member      Vault  stewardship  vault:steward
remove_vault_member   Vault  stewardship  vault:steward
see_vault_members     Vault  stewardship  vault:steward,vault:auditor
explain_vault         Vault  stewardship  vault:steward,vault:auditor

see_status        Study  stewardship  steward,interviewer,researcher,reviewer,investigator,auditor,vault:auditor
run               Study  stewardship  steward,interviewer,researcher,reviewer
add_member        Study  stewardship  steward
remove_member     Study  stewardship  steward
see_members       Study  stewardship  steward,investigator,auditor,vault:auditor
explain           Study  stewardship  steward,investigator,auditor,vault:auditor
see_report        Study  stewardship  steward,investigator,auditor,vault:auditor
add_participant   Study  stewardship  steward,interviewer  going
see_recipient     Study  stewardship  steward,interviewer  going
rotate_study_key  Study  stewardship  steward
open_inbox        Study  stewardship  pipeline  going
know_voices       Study  stewardship  pipeline                                   voices
enrol_voice       Study  stewardship  interviewer,researcher                     voices,going
set_roster        Study  stewardship  steward,interviewer,researcher,reviewer  going
see_roster        Study  stewardship  steward,interviewer,researcher,reviewer,investigator
set_pseudonyms    Study  stewardship  steward                                    approved
waive_review      Study  stewardship  steward                                    approved
ask_for_study  Study  stewardship  steward?set_pseudonyms|waive_review|close_study_early,researcher?hand_off_bulk  mine
approve_for_study Study  stewardship  steward,investigator                       second,fresh
break_glass       Study  stewardship  steward,interviewer,researcher,reviewer,investigator  whole,fresh
set_review        Study  stewardship  steward
see_names         Study  analyse      researcher,reviewer,investigator
set_names         Study  analyse      researcher,reviewer  going
hand_off          Study  analyse,share_text,archive  researcher                  few,going
hand_off_bulk     Study  analyse,share_text,archive  researcher                  approved,going
set_hold          Study  stewardship  steward
see_retention     Study  stewardship  steward
set_retention     Study  stewardship  steward
forget_all_names  Study  stewardship  steward
plan_closing      Study  stewardship  steward
close_study       Study  stewardship  steward                                    overdue
close_study_early Study  stewardship  steward                                    approved,fresh
finish_closing    Study  stewardship  steward
see_closing       Study  stewardship  steward,investigator,auditor,vault:auditor
confirm_deleted   Study  stewardship  asked
see_handoffs      Study  stewardship  steward,investigator,auditor,vault:auditor
recall_handoff    Study  stewardship  steward
confirm_handoff   Study  stewardship  steward
change_study      Study  stewardship  steward
add_letter        Study  stewardship  steward

see_consent       Participant  stewardship  steward,interviewer,investigator,auditor
open_evidence     Participant  stewardship  steward
record_consent    Participant  stewardship  steward,interviewer                  steward-again
withdraw_consent  Participant  stewardship  steward
rotate_key        Participant  stewardship  steward
shred             Participant  stewardship  steward                              unheld,over
shred_early       Participant  stewardship  steward                              unheld,approved,fresh
ask_for_participant      Participant  stewardship  steward?shred_early           mine
approve_for_participant  Participant  stewardship  steward,investigator          second,fresh
erase             Participant  stewardship  steward                              unheld
plan_withdrawal   Participant  stewardship  steward
withdraw          Participant  stewardship  steward
forget_names      Participant  stewardship  steward                              unheld
see_certificate   Participant  stewardship  steward
see_accesses      Participant  stewardship  steward
set_attributes    Participant  stewardship  steward,interviewer                  consent,going
take_in           Participant  record       interviewer                          consent,named,open,going

compare_names     Recording  stewardship  steward
note_problem      Recording  stewardship  pipeline
admit             Recording  transcribe   pipeline                               consent,named,going
decode            Recording  transcribe   pipeline                               consent,named,going
know_roster       Recording  transcribe   pipeline                               consent,named,going
transcribe        Recording  transcribe   pipeline                               consent,named,going
tell_speakers     Recording  transcribe   pipeline                               consent,named,going
find_names        Recording  transcribe   pipeline                               consent,named,going
apply_pseudonyms  Recording  transcribe   pipeline                               consent,named,going
read_transcript     Recording  analyse    researcher,reviewer,investigator,glass  consent,named
read_pseudonymised  Recording  analyse    researcher,reviewer,investigator,glass  consent,named
review              Recording  analyse    researcher,reviewer                    consent,named,going
look_for_names      Recording  analyse    researcher,reviewer                    consent,named
ask_reidentification  Recording  analyse  interviewer,researcher,steward,investigator  consent,named,mine
release             Recording  analyse    researcher,pipeline:unreviewed         consent,named,going
bleep               Recording  analyse    researcher                             consent,named,released,going
scan_outgoing       Recording  analyse,share_text,archive  researcher            consent,named,released,going
hand_off_recording  Recording  analyse,share_text,archive  researcher            consent,named,released,going
hand_off_sound      Recording  analyse,share_sound  researcher                   consent,named,released,going

approve_reidentification  Recording  analyse  steward,investigator               consent,named,second,fresh,name
reidentify          Recording  analyse  interviewer,researcher,steward,investigator  consent,named,approved,fresh

review_break_glass  BrokenGlass  stewardship  steward                           others,unreviewed-glass

forget_voice        Voice  stewardship  steward,self
"""
