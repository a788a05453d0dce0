/** Discord's look, near enough to judge how a message reads: light, dark, and narrow as on a phone. */
export const DISCORD_STYLE = `
:root{--page:#fff;--ink:#2f3035;--quiet:#5c5e66;--line:#e1e2e4;--bar:#f2f3f5;--tag:#5865f2;--tag-ink:#fff;--push:#e8e9ec;--code:#f2f3f5;--round:50%;
--embed:#f2f3f5;--link:#006ce7;--ping:rgba(88,101,242,.15);--ping-ink:#4752c4;--secondary:#e1e2e4;--secondary-ink:#2f3035}
@media (prefers-color-scheme:dark){:root{--page:#313338;--ink:#dbdee1;--quiet:#949ba4;--line:#3f4147;--bar:#2b2d31;--push:#41434a;--code:#2b2d31;
--embed:#2b2d31;--link:#00a8fc;--ping:rgba(88,101,242,.3);--ping-ink:#c9cdfb;--secondary:#4e5058;--secondary-ink:#fff}}
body{font-family:'gg sans','Noto Sans',-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;line-height:1.375}
.embed{background:var(--embed);border-left:4px solid;border-radius:4px;padding:8px 14px 12px 12px;margin:4px 0;max-width:520px;font-size:14px}
.title{font-weight:600;font-size:16px;margin:4px 0}
.line,.item,.quote,.heading{min-height:1em}
.item::before{content:'• '}
.quote{border-left:4px solid var(--line);padding-left:8px}
.heading{font-weight:700;font-size:18px}
.small{font-size:12px;color:var(--quiet)}
.gap{height:9px}
.embed-footer{font-size:12px;color:var(--quiet);margin-top:8px}
.embed-fields{display:grid;gap:8px;margin-top:8px}
.row{display:flex;flex-wrap:wrap;gap:8px;margin:6px 0}
.button{display:inline-block;padding:0 14px;min-height:32px;line-height:32px;border-radius:8px;font-weight:500;font-size:14px;background:var(--secondary);color:var(--secondary-ink);max-width:100%;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.button.style-1{background:#5865f2;color:#fff}
.button.style-3{background:#248046;color:#fff}
.button.style-4{background:#da373c;color:#fff}
.link{color:var(--link)}
.time{background:var(--code);border-radius:3px;padding:0 2px}
.embed .time{background:rgba(128,132,142,.18)}
.ping{background:var(--ping);color:var(--ping-ink);border-radius:3px;padding:0 2px;font-weight:500}
.ping.everyone{background:#f0b232;color:#000}
.message.rings{background:rgba(240,178,50,.1);border-left:2px solid #f0b232}
.spoiler{background:#1e1f22;color:#1e1f22;border-radius:3px}
.reply-to{font-size:12px;color:var(--quiet)}
.message.private{background:rgba(88,101,242,.06)}
.asked{font-size:13px;color:var(--quiet);padding:10px 16px 0}
.asked b{color:var(--ink)}
.modal{border-radius:8px;padding:16px;margin:8px 16px;max-width:440px;background:var(--bar);border:1px solid var(--line)}
.modal-title{font-weight:700;font-size:18px;margin-bottom:10px}
.input{margin:12px 0}
.input b{font-size:14px}
.needed{color:#da373c}
.field{background:var(--page);border:1px solid var(--line);border-radius:4px;min-height:38px;padding:8px 10px;margin:4px 0;font-size:15px}
.field.long{min-height:72px}
.field.select::after{content:'⌄';float:right}
@media (max-width:600px){.button{min-height:36px;line-height:36px}.embed{max-width:100%}}
`;
