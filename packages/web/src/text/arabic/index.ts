// العربية

import { chat } from "./chat.ts";
import { checks } from "./checks.ts";
import { cockpit } from "./cockpit.ts";
import { money } from "./money.ts";
import { network, market } from "./network.ts";
import { verify } from "./verify.ts";
import type { Text } from "../english/index.ts";

export const arabic: Text = {
  app: {
    name: "Cocoon",
    skip: "انتقل إلى المحتوى",
    menu: "الصفحات",
    theme: "المظهر",
    themes: { system: "كالنظام", light: "فاتح", dark: "داكن" },
    language: "اللغة",
    offline: "لم يوجد بجانب هذه الصفحة وصف لشبكة، فلا يمكنها إلا التحقق من الإثباتات.",
    notFound: "لا توجد صفحة كهذه.",
    failed: "تعذّر تحميل هذا الجزء من الصفحة.",
    retry: "حاول مرة أخرى",
    loading: "جارٍ التحميل",
    close: "إغلاق",
    copy: "نسخ",
    copied: "تم النسخ",
    simulated: "شبكة تطوير: العتاد الموثوق محاكى، والعملات بلا قيمة.",
  },
  pages: {
    chat: "محادثة",
    network: "الشبكة",
    market: "السوق",
    cockpit: "لوحة القيادة",
    verify: "تحقّق",
  },
  states: { signed: "موقّع", included: "مدرج", anchored: "مثبّت" },
  stateMeanings: {
    signed: "وقّع العامل ما فعله، ووعد السجل بمكان للإيصال.",
    included: "الإيصال موجود في السجل العلني، وحالة السجل موقّعة.",
    anchored: "تلك الحالة من السجل ثبّتتها معاملة على TON.",
  },
  tiers: {
    dev: "محاكاة",
    open: "مفتوح",
    confidential: "سرّي",
    "confidential-gpu": "سرّي، والمعالج الرسومي أيضًا",
  },
  tierMeanings: {
    dev: "العتاد الموثوق محاكى ولا يحمي شيئًا: يستطيع المشغّل قراءة ما تكتب.",
    open: "جهاز عادي بضمان مالي: يستطيع المشغّل قراءة ما تكتب.",
    confidential: "المعالج يمنع المشغّل من القراءة. المعالج الرسومي بجانبه غير مشمول.",
    "confidential-gpu": "المعالج والمعالج الرسومي يمنعان المشغّل من القراءة.",
  },
  verify,
  checks,
  network,
  market,
  chat,
  money,
  cockpit,
};
